package org.sparkgpt.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TallyTest {
  private static final long SPREAD = 0x9e3779b9L;

  private final Tally tally = new Tally();

  @Test
  void countsAreRightWhateverWasCountedBefore() {
    int large = Segments.MOST_KEPT + 1; // from here on there is no growing
    for (int size : new int[] {1, 15, 10_000, large, 1000, large, 20}) {
      assertThat(count(size, 1 + size / 4)).isEqualTo(expected(size, 1 + size / 4));
    }
  }

  @Test
  void tableOfManyTakesAsManyDistinctKeys() {
    int size = 3 << 19; // three quarters of 2^21
    tally.clear(size);
    int again = 0;
    for (int i = 0; i < size; i++) {
      again += tally.add(i, i) - 1;
    }
    assertThat(again).isZero();
    assertThat(tally.add(5, size)).isEqualTo(2);
    assertThat(tally.firstOfMostFrequent()).isEqualTo(5);
    assertThat(tally.count(size)).isZero();
  }

  private static int[] keys(int size, int distinct) {
    return new SplittableRandom(size).ints(size, 0, distinct).toArray();
  }

  private String count(int size, int distinct) {
    int[] keys = keys(size, distinct);
    tally.clear(size);
    long again = 0;
    for (int i = 0; i < size; i++) {
      again += tally.add(keys[i] * SPREAD, i) > 1 ? 1 : 0;
    }
    int first = tally.firstOfMostFrequent();
    return again + " again, most at " + first + ": " + tally.count(keys[first] * SPREAD);
  }

  private static String expected(int size, int distinct) {
    int[] keys = keys(size, distinct);
    int[] counts = new int[distinct];
    int again = 0;
    for (int key : keys) {
      again += ++counts[key] > 1 ? 1 : 0;
    }
    int most = Arrays.stream(counts).max().orElseThrow();
    int first = 0;
    while (counts[keys[first]] < most) {
      first++;
    }
    return again + " again, most at " + first + ": " + most;
  }
}
