package org.sparkgpt.clean;

import java.util.Arrays;

/** The words, lines or paragraphs of a text, in order: of each its hash and length. */
final class Segments {
  private long[] hashes = new long[64];
  private int[] lengths = new int[64];
  private int count;

  /**
   * @param hash equal for equal segments, and for others only by an accident of 64 bits
   * @param length in code points
   */
  void add(long hash, int length) {
    if (count == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
    }
    hashes[count] = hash;
    lengths[count] = length;
    count++;
  }

  int count() {
    return count;
  }

  long hash(int i) {
    return hashes[i];
  }

  int length(int i) {
    return lengths[i];
  }
}
