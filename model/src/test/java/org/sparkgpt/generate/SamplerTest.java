package org.sparkgpt.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
  private static final int DRAWS = 20_000;
  private static final float[] LOGITS = {0.5f, 2f, -1f, 1.25f, 2f, 0f, Float.NEGATIVE_INFINITY};
  private static final int ALL = LOGITS.length;

  @Test
  void zeroTemperatureTakesTheLargestLogitAndTheSmallerIdAmongEquals() {
    assertThat(Sampler.of(config(0, ALL, 1, 1), ALL, 0).next(LOGITS)).isEqualTo(1);
    assertThat(Sampler.greedy(ALL).next(new float[] {-3, -2, -2})).isEqualTo(1);
  }

  /** Frequencies within 4.5 sigma of the binomial distribution that the softmax demands. */
  @ParameterizedTest
  @CsvSource({
    // temperature, topK, topP, ids that may be drawn
    "1,   7, 1,    012345",
    "0.5, 7, 1,    012345",
    "3,   9, 1,    012345",
    "1,   3, 1,    134",
    "1,   2, 1,    14",
    "1,   1, 1,    1",
    "1,   7, 0.3,  1", // p = 0.355, 0.355, 0.168, 0.079, ...
    "1,   7, 0.36, 14",
    "1,   7, 0.72, 134",
    "1,   7, 0.99, 012345",
    "1,   3, 0.9,  134",
    "1,   3, 0.8,  14", // of the three, the first two hold 0.809
    "2,   4, 0.85, 134",
  })
  void frequenciesFollowTheSoftmaxOverWhatIsLeft(
      double temperature, int topK, double topP, String allowed) {
    Sampler sampler = Sampler.of(config(temperature, topK, topP, 17), ALL, 0);
    int[] counts = new int[ALL];
    for (int i = 0; i < DRAWS; i++) {
      counts[sampler.next(LOGITS)]++;
    }
    int[] ids = allowed.chars().map(c -> c - '0').toArray();
    double total = IntStream.of(ids).mapToDouble(id -> Math.exp(LOGITS[id] / temperature)).sum();
    for (int id = 0; id < ALL; id++) {
      boolean drawn = allowed.indexOf('0' + id) >= 0;
      double p = drawn ? Math.exp(LOGITS[id] / temperature) / total : 0;
      double sigma = Math.sqrt(DRAWS * p * (1 - p));
      assertThat((double) counts[id])
          .as("draws of %d", id)
          .isCloseTo(DRAWS * p, within(4.5 * sigma));
    }
  }

  @Test
  void sameSeedDrawsTheSameAndSamplesDrawDifferently() {
    SamplingConfig config = config(1, ALL, 0.95, 99);
    List<Integer> first = draws(Sampler.of(config, ALL, 0));
    assertThat(draws(Sampler.of(config, ALL, 0))).isEqualTo(first);
    assertThat(draws(Sampler.of(config, ALL, 1))).isNotEqualTo(first);
    assertThat(draws(Sampler.of(config(1, ALL, 0.95, 100), ALL, 0))).isNotEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource({"0,7,1", "1,7,1", "1,2,1", "1,7,0.5"})
  void paddingIsNeverChosen(double temperature, int topK, double topP) {
    float[] logits = {0, 1, 2, 50, 60}; // ids from 3 on are no tokens
    Sampler sampler = Sampler.of(config(temperature, topK, topP, 3), 3, 0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(sampler.next(logits)).isLessThan(3);
    }
  }

  @Test
  void tinyTemperatureIsGreedy() {
    Sampler sampler = Sampler.of(config(1e-300, 7, 1, 3), 4, 0);
    for (int i = 0; i < 100; i++) {
      assertThat(sampler.next(new float[] {1, 3, 2.9f, 0})).isEqualTo(1);
    }
  }

  @Test
  void logitsThatAreNoNumbersStopWithTheToken() {
    float[] logits = {0, Float.NaN, 1};
    for (double temperature : new double[] {0, 1}) {
      assertThatIllegalStateException()
          .isThrownBy(() -> Sampler.of(config(temperature, 3, 1, 1), 3, 0).next(logits))
          .withMessageStartingWith("the logit of token 1 is NaN");
    }
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                Sampler.of(config(1, 3, 1, 1), 2, 0).next(new float[] {0, Float.POSITIVE_INFINITY}))
        .withMessageStartingWith("the largest logit is Infinity");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64, 65, 1000})
  void heapGivesTokensByDescendingLogitThenId(int size) {
    SplittableRandom random = new SplittableRandom(size);
    float[] logits = new float[size];
    for (int i = 0; i < size; i++) {
      logits[i] = random.nextInt(-20, 20) / 4f * (random.nextBoolean() ? 1 : -1); // ties, -0
    }
    TokenHeap heap = new TokenHeap(logits, size);
    List<Integer> expected =
        IntStream.range(0, size)
            .boxed()
            .sorted(
                Comparator.comparing((Integer id) -> -(logits[id] + 0f) + 0f)
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    assertThat(IntStream.range(0, size).mapToObj(i -> heap.poll()).toList()).isEqualTo(expected);
  }

  private static List<Integer> draws(Sampler sampler) {
    return IntStream.range(0, 50).mapToObj(i -> sampler.next(LOGITS)).toList();
  }

  private static SamplingConfig config(double temperature, int topK, double topP, long seed) {
    return new SamplingConfig(10, temperature, topK, topP, seed, List.of(), 1);
  }
}
