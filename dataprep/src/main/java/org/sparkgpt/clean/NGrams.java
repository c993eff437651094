package org.sparkgpt.clean;

/**
 * Hashes of all n-grams of a text's words, grown from n to n + 1 words at the cost of one step
 * each. The array is used again for the next text.
 */
final class NGrams {
  private Words words;
  private boolean joined;
  private long[] hashes = new long[256];
  private int n;

  /**
   * @param joined whether two n-grams are equal if their characters are, as in {@code "a bc"} and
   *     {@code "ab c"}; otherwise if their words are, one by one
   */
  void read(Words words, boolean joined) {
    this.words = words;
    this.joined = joined;
    if (hashes.length < words.count()) {
      hashes = new long[words.count() + words.count() / 4];
    }
    n = 0;
  }

  /** Makes {@link #hash} speak of n-grams of {@code length} words; never fewer than before. */
  void grow(int length) {
    if (n == 0) {
      for (int i = 0; i < words.count(); i++) {
        hashes[i] = words.hash(i);
      }
      n = 1;
    }
    for (; n < length; n++) {
      for (int i = 0; i + n < words.count(); i++) {
        hashes[i] = joined ? words.joined(hashes[i], i + n) : words.followed(hashes[i], i + n);
      }
    }
  }

  /** Forgets the text. */
  void clear() {
    words = null;
    if (hashes.length > Segments.MOST_KEPT) {
      hashes = new long[256];
    }
  }

  int count() {
    return Math.max(0, words.count() - n + 1);
  }

  /** Of the n-gram that begins with word {@code i}. */
  long hash(int i) {
    return hashes[i];
  }

  /** Of the n-gram that begins with word {@code i}: code points, without blanks. */
  int length(int i) {
    int length = 0;
    for (int w = i; w < i + n; w++) {
      length += words.length(w);
    }
    return length;
  }
}
