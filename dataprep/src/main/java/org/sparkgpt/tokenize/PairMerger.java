package org.sparkgpt.tokenize;

/**
 * Merges the pairs of one word, always the one of lowest rank and of equals the leftmost, until
 * none is left. Holds scratch memory: one per thread.
 */
final class PairMerger {
  /** Up to here finding the lowest rank by looking at all of them beats keeping lists. */
  private static final int SHORT_WORD = 64;

  private final MergeTable table;
  private final int[] ids = new int[SHORT_WORD];
  private final int[] merged = new int[SHORT_WORD];
  private final LongWordMerger longWords;

  PairMerger(MergeTable table) {
    this.table = table;
    longWords = new LongWordMerger(table);
  }

  /**
   * Writes the ids of the bytes in [from, to) to {@code out}, from {@code at} on.
   *
   * @return how many; at most to - from
   */
  int merge(byte[] bytes, int from, int to, int[] out, int at) {
    return to - from <= SHORT_WORD
        ? mergeShort(bytes, from, to, out, at)
        : longWords.merge(bytes, from, to, out, at);
  }

  private int mergeShort(byte[] bytes, int from, int to, int[] out, int at) {
    int length = to - from;
    for (int i = 0; i < length; i++) {
      ids[i] = ByteAlphabet.idOf(bytes[from + i]);
    }
    for (int i = 0; i + 1 < length; i++) {
      merged[i] = table.get(ids[i], ids[i + 1]); // what ids i and i+1 become
    }
    while (length > 1) {
      int best = 0;
      for (int i = 1; i + 1 < length; i++) {
        if (merged[i] < merged[best]) {
          best = i;
        }
      }
      if (merged[best] == MergeTable.NONE) {
        break;
      }
      ids[best] = merged[best];
      length--;
      System.arraycopy(ids, best + 2, ids, best + 1, length - best - 1);
      if (best + 1 < length) {
        System.arraycopy(merged, best + 2, merged, best + 1, length - best - 2);
        merged[best] = table.get(ids[best], ids[best + 1]);
      }
      if (best > 0) {
        merged[best - 1] = table.get(ids[best - 1], ids[best]);
      }
    }
    System.arraycopy(ids, 0, out, at, length);
    return length;
  }
}
