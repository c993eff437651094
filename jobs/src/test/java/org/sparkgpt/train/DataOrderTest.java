package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
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
  void shardsShorterThanAContextAreRefused() {
    assertThatThrownBy(() -> new DataOrder(1, new long[] {8, 3}, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("model.context = 8");
  }
}
