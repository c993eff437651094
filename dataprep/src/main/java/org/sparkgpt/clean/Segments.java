package org.sparkgpt.clean;

import java.util.Arrays;

/** The lines or paragraphs of a text, in order: of each where it stands, its hash and length. */
final class Segments {
  /** Larger arrays are not kept for the next text. */
  static final int MOST_KEPT = 1 << 20;

  private long[] hashes = new long[64];
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private int[] lengths = new int[64];
  private int count;

  void clear() {
    if (hashes.length > MOST_KEPT) {
      resize(64);
    }
    count = 0;
  }

  /** Adds {@code text[start, end)}. */
  void add(String text, int start, int end) {
    if (count == hashes.length) {
      resize(2 * count);
    }
    long hash = 0;
    int pairs = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      hash = Words.append(hash, c);
      if (Character.isHighSurrogate(c) && i + 1 < end && isLow(text.charAt(i + 1))) {
        pairs++;
      }
    }
    hashes[count] = hash;
    starts[count] = start;
    ends[count] = end;
    lengths[count] = end - start - pairs;
    count++;
  }

  private static boolean isLow(char c) {
    return Character.isLowSurrogate(c);
  }

  private void resize(int size) {
    hashes = Arrays.copyOf(hashes, size);
    starts = Arrays.copyOf(starts, size);
    ends = Arrays.copyOf(ends, size);
    lengths = Arrays.copyOf(lengths, size);
  }

  int count() {
    return count;
  }

  /** Equal for equal segments, and for others only by an accident of 64 bits. */
  long hash(int i) {
    return hashes[i];
  }

  int start(int i) {
    return starts[i];
  }

  int end(int i) {
    return ends[i];
  }

  /** In code points. */
  int length(int i) {
    return lengths[i];
  }
}
