package org.sparkgpt.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LengthsTest {
  @Test
  void bucketsRiseAndAreNarrow() {
    assertThat(Lengths.bucket(0)).isZero();
    assertThat(Lengths.bucket(31)).isEqualTo(31);
    assertThat(Lengths.bucket(32)).isEqualTo(32);
    long from = 0;
    for (long length = 1; length < 200_000; length++) {
      int step = Lengths.bucket(length) - Lengths.bucket(length - 1);
      assertThat(step).isIn(0, 1);
      from = step == 1 ? length : from;
      assertThat(length - from).isLessThanOrEqualTo(from / 32);
    }
    assertThat(Lengths.bucket(Integer.MAX_VALUE)).isGreaterThan(Lengths.bucket(1 << 30));
  }

  @Test
  void quantilesAreCloseToTheExactOnes() {
    SplittableRandom random = new SplittableRandom(3);
    long[] lengths = random.longs(5_000, 1, 1_000_000).map(n -> n * n / 1_000_000 + 1).toArray();
    Lengths histogram = of(lengths);
    Arrays.sort(lengths);
    for (int percent : new int[] {1, 25, 50, 99, 100}) {
      long exact = lengths[(lengths.length * percent + 99) / 100 - 1];
      assertThat((double) histogram.quantile(percent)).isCloseTo(exact, within(exact / 31.0));
    }
    assertThat(histogram.shortest()).isEqualTo(lengths[0]);
    assertThat(histogram.longest()).isEqualTo(lengths[lengths.length - 1]);
  }

  @Test
  void octavesHaveNoGaps() {
    assertThat(of(0, 1, 1, 9, 15).octaves().toString()).isEqualTo("{0=1, 1=2, 2=0, 4=0, 8=2}");
    assertThat(of(700).octaves().toString()).isEqualTo("{512=1}");
    assertThat(of(1, 2, 3, 4).quantile(50)).isEqualTo(2);
    assertThat(of(1, 2, 3, 4).mean()).as("2.5, rounded").isEqualTo(3);
  }

  private static Lengths of(long... lengths) {
    TreeMap<Integer, Lengths.Bucket> buckets = new TreeMap<>();
    for (long length : lengths) {
      buckets.merge(
          Lengths.bucket(length),
          new Lengths.Bucket(Lengths.bucket(length), 1, length, length, length),
          (a, b) ->
              new Lengths.Bucket(
                  a.index(),
                  a.documents() + b.documents(),
                  a.characters() + b.characters(),
                  Math.min(a.shortest(), b.shortest()),
                  Math.max(a.longest(), b.longest())));
    }
    return new Lengths(List.copyOf(buckets.values()));
  }
}
