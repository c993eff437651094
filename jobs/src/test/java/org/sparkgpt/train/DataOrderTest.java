package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataOrderTest {
  private static final long[] SHARDS = {100, 7, 64, 8, 9, 1000};
  private static final int CONTEXT = 8;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 7, 64, 65, 1000, 4096})
  void aPermutationHitsEveryElementOnce(long size) {
    Permutation permutation = new Permutation(3, size);
    BitSet hit = new BitSet();

    for (long i = 0; i < size; i++) {
      hit.set(Math.toIntExact(permutation.at(i)));
    }

    assertThat(hit.cardinality()).isEqualTo((int) size);
    assertThat(hit.length()).isEqualTo((int) size);
  }

  @Test
  void theFirstElementLandsAnywhere() {
    int buckets = 10;
    int seeds = 10_000;
    int[] counts = new int[buckets];
    for (int seed = 0; seed < seeds; seed++) {
      counts[(int) new Permutation(seed, buckets).at(0)]++;
    }

    // Binomial(10,000, 0.1): standard deviation 30; five of them.
    assertThat(IntStream.of(counts)).allMatch(count -> count > 850 && count < 1150);
  }

  @Test
  void everyEpochVisitsEveryWindowOfEveryShardOnceWithoutLeavingIt() {
    DataOrder order = new DataOrder(1, SHARDS, CONTEXT);
    long samples = order.samplesPerEpoch();

    for (int epoch = 0; epoch < 3; epoch++) {
      Set<ShardOrder.Sample> seen = new HashSet<>();
      int[] offset = new int[SHARDS.length];
      java.util.Arrays.fill(offset, -1);
      for (long i = 0; i < samples; i++) {
        ShardOrder.Sample sample = order.at(epoch * samples + i);
        assertThat(seen.add(sample)).isTrue();
        assertThat(sample.offset()).isBetween(0L, SHARDS[sample.shard()] - CONTEXT - 1);
        int cut = (int) (sample.offset() % CONTEXT);
        assertThat(offset[sample.shard()]).isIn(-1, cut);
        offset[sample.shard()] = cut;
      }
      assertThat(seen).hasSize(11 + 7 + 1 + 124);
    }
  }

  @Test
  void aShardIsFinishedBeforeTheNextBegins() {
    DataOrder order = new DataOrder(1, SHARDS, CONTEXT);

    long changes =
        IntStream.range(1, (int) order.samplesPerEpoch())
            .filter(i -> order.at(i).shard() != order.at(i - 1).shard())
            .count();

    assertThat(changes).as("four shards have samples").isEqualTo(3);
  }

  @Test
  void epochsAndSeedsDiffer() {
    DataOrder order = new DataOrder(1, SHARDS, CONTEXT);
    DataOrder other = new DataOrder(2, SHARDS, CONTEXT);
    long samples = order.samplesPerEpoch();

    long sameAsNextEpoch = 0;
    long sameAsOtherSeed = 0;
    for (long i = 0; i < samples; i++) {
      sameAsNextEpoch += order.at(i).equals(order.at(i + samples)) ? 1 : 0;
      sameAsOtherSeed += order.at(i).equals(other.at(i)) ? 1 : 0;
    }

    assertThat(sameAsNextEpoch).isLessThan(samples / 4);
    assertThat(sameAsOtherSeed).isLessThan(samples / 4);
  }

  /** A changed order would make resumed runs train on other samples than they should. */
  @Test
  void theOrderOfSeedOneIsWhatItAlwaysWas() {
    DataOrder order = new DataOrder(1, SHARDS, CONTEXT);

    assertThat(IntStream.range(0, 6).mapToObj(order::at))
        .containsExactly(
            new ShardOrder.Sample(4, 0),
            new ShardOrder.Sample(0, 56),
            new ShardOrder.Sample(0, 8),
            new ShardOrder.Sample(0, 16),
            new ShardOrder.Sample(0, 80),
            new ShardOrder.Sample(0, 24));
    assertThat(order.at(1_000_000_007L)).isEqualTo(new ShardOrder.Sample(2, 15));
  }

  @Test
  void workersShareOutTheSamplesOfAStep() {
    for (int workers : new int[] {1, 2, 4}) {
      RunPlan plan =
          new RunPlan(null, null, null, null, workers, 8 / workers, false, DeltaEncoding.FP32);
      Set<Long> samples = new HashSet<>();
      for (int worker = 0; worker < workers; worker++) {
        for (int i = 0; i < 8 / workers; i++) {
          samples.add(plan.firstSample(5, worker) + i);
        }
      }
      assertThat(samples).containsExactlyInAnyOrder(40L, 41L, 42L, 43L, 44L, 45L, 46L, 47L);
    }
  }

  @Test
  void oneTwoAndThreeWorkersSeeTheSameSamplesAtEveryStep() {
    int batch = 12;
    DataOrder order = new DataOrder(1, SHARDS, CONTEXT);
    long stepsPerEpoch = order.samplesPerEpoch() / batch;

    for (int step = 0; step < 3 * stepsPerEpoch; step++) {
      List<ShardOrder.Sample> one = samples(order, step, 1, batch);
      assertThat(samples(order, step, 2, batch)).as("step " + step).isEqualTo(one);
      assertThat(samples(order, step, 3, batch)).as("step " + step).isEqualTo(one);
    }
  }

  /** Of a step, worker after worker. */
  private static List<ShardOrder.Sample> samples(
      DataOrder order, int step, int workers, int batch) {
    int each = batch / workers;
    RunPlan plan = new RunPlan(null, order, null, null, workers, each, false, DeltaEncoding.FP32);
    List<ShardOrder.Sample> samples = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      long first = plan.firstSample(step, worker);
      LongStream.range(first, first + each).mapToObj(order::at).forEach(samples::add);
    }
    return samples;
  }

  @Test
  void aSampleIsTheSameWhereverTheReadingBegins() {
    DataOrder straight = new DataOrder(1, SHARDS, CONTEXT);
    long samples = 3 * straight.samplesPerEpoch();
    List<ShardOrder.Sample> expected = LongStream.range(0, samples).mapToObj(straight::at).toList();

    DataOrder backwards = new DataOrder(1, SHARDS, CONTEXT);
    for (long i = samples - 1; i >= 0; i -= 7) {
      assertThat(backwards.at(i)).isEqualTo(expected.get((int) i));
    }
  }

  @Test
  void theShardsOfAReadingAreThoseItsSamplesLieInAndTheNext() {
    DataOrder order = new DataOrder(1, SHARDS, CONTEXT);
    long all = 2 * order.samplesPerEpoch();
    for (long first = 0; first < all; first += 5) {
      for (long count : new long[] {1, 8, 100, order.samplesPerEpoch() + 3}) {
        Set<Integer> expected = new LinkedHashSet<>();
        LongStream.range(first, first + count).forEach(i -> expected.add(order.at(i).shard()));
        long next = first + count;
        while (order.at(next).shard() == order.at(first + count - 1).shard()
            && next % order.samplesPerEpoch() != 0) {
          next++;
        }
        expected.add(order.at(next).shard());
        assertThat(order.shards(first, count))
            .as(first + " + " + count)
            .containsExactlyElementsOf(expected);
      }
    }
  }

  @Test
  void shardsShorterThanAContextAreRefused() {
    assertThatThrownBy(() -> new DataOrder(1, new long[] {8, 3}, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("model.context = 8");
  }
}
