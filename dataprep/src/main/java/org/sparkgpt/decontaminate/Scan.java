package org.sparkgpt.decontaminate;

/** Finds the n-grams of an index in texts, each text in one pass. Holds scratch: one per thread. */
final class Scan {
  private final NGramIndex index;
  private final Words words = new Words();
  private final RollingNGrams rolling;
  private final int[] starts; // of the last words, a ring
  private final int lengths;

  /** Is told of each match, in the order of their ends. */
  @FunctionalInterface
  interface Matches {
    /**
     * @param start UTF-16 offset of the first word
     * @param end UTF-16 offset behind the last word
     */
    void found(int gram, int start, int end);
  }

  Scan(NGramIndex index) {
    this.index = index;
    int[] n = index.lengths();
    lengths = n.length;
    rolling = new RollingNGrams(n);
    starts = new int[Integer.highestOneBit(2 * n[n.length - 1] - 1)];
  }

  void read(String text, Matches matches) {
    if (index.count() == 0) {
      return;
    }
    words.read(text);
    rolling.clear();
    int mask = starts.length - 1;
    while (words.next()) {
      starts[rolling.count() & mask] = words.start();
      rolling.add(words.hash());
      for (int k = 0; k < lengths && rolling.isFull(k); k++) {
        int gram = index.find(rolling, k);
        if (gram >= 0) {
          int first = rolling.count() - rolling.length(k);
          matches.found(gram, starts[first & mask], words.end());
        }
      }
    }
  }
}
