package org.sparkgpt.tokenize;

import java.util.Arrays;

/** Words and how often each occurs: the words' UTF-8 one after the other, no object per word. */
final class WordList {
  private byte[] bytes = new byte[1 << 12];
  private int[] starts = new int[1 << 8]; // of each word, and where the next one will be
  private long[] counts = new long[1 << 8];
  private int size;

  int size() {
    return size;
  }

  /** Of all words together. */
  int byteLength() {
    return starts[size];
  }

  /**
   * @param utf8 the word in [from, to)
   * @return its index
   */
  int add(byte[] utf8, int from, int to, long count) {
    int start = starts[size];
    int end = Math.addExact(start, to - from);
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length + bytes.length / 2));
    }
    if (size + 1 == starts.length) {
      starts = Arrays.copyOf(starts, size + size / 2);
      counts = Arrays.copyOf(counts, size + size / 2);
    }
    System.arraycopy(utf8, from, bytes, start, to - from);
    counts[size] = count;
    starts[size + 1] = end;
    return size++;
  }

  /** Adds to the count of a word that is there. */
  void increase(int word, long by) {
    counts[word] += by;
  }

  long count(int word) {
    return counts[word];
  }

  int length(int word) {
    return starts[word + 1] - starts[word];
  }

  byte byteAt(int word, int i) {
    return bytes[starts[word] + i];
  }

  boolean is(int word, byte[] utf8, int from, int to) {
    return Arrays.equals(bytes, starts[word], starts[word + 1], utf8, from, to);
  }

  /** The UTF-8 of a word; a copy. */
  byte[] word(int word) {
    return Arrays.copyOfRange(bytes, starts[word], starts[word + 1]);
  }
}
