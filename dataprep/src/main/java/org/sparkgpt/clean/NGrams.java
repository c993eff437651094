package org.sparkgpt.clean;

import org.sparkgpt.corpus.Hash64;

/**
 * Hashes of all n-grams of a text's words, grown from n to n + 1 words at the cost of one hash
 * each. Two n-grams have one hash if their words are equal one by one.
 */
final class NGrams {
  private final Segments words;
  private final long[] hashes;
  private int n = 1;

  NGrams(Segments words) {
    this.words = words;
    hashes = new long[words.count()];
    restart();
  }

  private void restart() {
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = words.hash(i);
    }
    n = 1;
  }

  /** Makes {@link #hash} speak of n-grams of {@code length} words. */
  void setLength(int length) {
    if (length < n) {
      restart();
    }
    for (; n < length; n++) {
      for (int i = 0; i + n < hashes.length; i++) {
        hashes[i] = Hash64.append(hashes[i], words.hash(i + n));
      }
    }
  }

  int count() {
    return Math.max(0, words.count() - n + 1);
  }

  /** Of the n-gram that begins with word {@code i}. */
  long hash(int i) {
    return hashes[i];
  }

  /** Length of the n-gram that begins with word {@code i}, without the blanks between its words. */
  int length(int i) {
    int length = 0;
    for (int w = i; w < i + n; w++) {
      length += words.length(w);
    }
    return length;
  }
}
