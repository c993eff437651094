package org.sparkgpt.decontaminate;

import java.util.Arrays;
import org.sparkgpt.corpus.Hash64;

/**
 * Hashes of the last n words of a sequence, for each of several n: constant time a word and length.
 *
 * <p>The hash of words w_1 ... w_n is mix(n + sum of w_i * BASE^(n-i)), modulo 2^64. It only finds
 * candidates: {@link NGramIndex} compares their words.
 */
final class RollingNGrams {
  private static final long BASE = 0x9e3779b97f4a7c15L; // 2^64 / golden ratio, odd

  private final int[] lengths;
  private final long[] powers; // BASE^n
  private final long[] sums;
  private final long[] words; // a ring
  private int count;

  /**
   * @param lengths each at least 1
   */
  RollingNGrams(int... lengths) {
    this.lengths = lengths;
    sums = new long[lengths.length];
    powers = new long[lengths.length];
    int longest = 1;
    for (int k = 0; k < lengths.length; k++) {
      powers[k] = 1;
      for (int i = 0; i < lengths[k]; i++) {
        powers[k] *= BASE;
      }
      longest = Math.max(longest, lengths[k]);
    }
    words = new long[Integer.highestOneBit(2 * longest - 1)];
  }

  void clear() {
    count = 0;
    Arrays.fill(sums, 0);
  }

  void add(long word) {
    int mask = words.length - 1;
    for (int k = 0; k < lengths.length; k++) {
      int n = lengths[k];
      long leaving = count >= n ? words[count - n & mask] : 0;
      sums[k] = sums[k] * BASE + word - leaving * powers[k];
    }
    words[count++ & mask] = word;
  }

  /** Words since the beginning. */
  int count() {
    return count;
  }

  int length(int k) {
    return lengths[k];
  }

  /** Whether there have been as many words as length {@code k} has. */
  boolean isFull(int k) {
    return count >= lengths[k];
  }

  /** The hash of the n-gram of length {@code k} that ends with the last word. */
  long hash(int k) {
    return Hash64.mix(sums[k] + lengths[k]);
  }

  /** Word {@code i} since the beginning; only the last ones are kept. */
  long word(int i) {
    return words[i & words.length - 1];
  }
}
