package org.sparkgpt.tokenize;

/**
 * Merges the pairs of one word, always the one of lowest rank and of equals the leftmost, until
 * none is left. Holds scratch memory: one per thread.
 */
final class PairMerger {
  /** Up to here finding the lowest rank by looking at all of them beats a heap. */
  private static final int SHORT_WORD = 64;

  private static final int GONE = -1;

  private final MergeTable table;
  private final int[] ids = new int[SHORT_WORD];
  private final int[] merged = new int[SHORT_WORD];

  PairMerger(MergeTable table) {
    this.table = table;
  }

  /**
   * Writes the ids of the bytes in [from, to) to {@code out}, from {@code at} on.
   *
   * @return how many; at most to - from
   */
  int merge(byte[] bytes, int from, int to, int[] out, int at) {
    return to - from <= SHORT_WORD
        ? mergeShort(bytes, from, to, out, at)
        : mergeLong(bytes, from, to, out, at);
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

  /** The same by a heap and a linked list: n log n, so that one endless word costs no hours. */
  private int mergeLong(byte[] bytes, int from, int to, int[] out, int at) {
    int length = to - from;
    int[] id = new int[length];
    int[] next = new int[length];
    int[] previous = new int[length];
    LongHeap candidates = new LongHeap(); // merged id, then position
    for (int i = 0; i < length; i++) {
      id[i] = ByteAlphabet.idOf(bytes[from + i]);
      next[i] = i + 1;
      previous[i] = i - 1;
      offer(candidates, id, i - 1, i);
    }
    while (!candidates.isEmpty()) {
      long candidate = candidates.poll();
      int left = (int) candidate;
      int right = next[left];
      int whole = (int) (candidate >>> Integer.SIZE);
      boolean isStale =
          id[left] == GONE || right >= length || table.get(id[left], id[right]) != whole;
      if (isStale) {
        continue;
      }
      id[left] = whole;
      id[right] = GONE;
      next[left] = next[right];
      if (next[left] < length) {
        previous[next[left]] = left;
        offer(candidates, id, left, next[left]);
      }
      offer(candidates, id, previous[left], left);
    }
    int count = 0;
    for (int i = 0; i < length; i = next[i]) {
      out[at + count++] = id[i];
    }
    return count;
  }

  private void offer(LongHeap candidates, int[] id, int left, int right) {
    if (left < 0) {
      return;
    }
    int whole = table.get(id[left], id[right]);
    if (whole != MergeTable.NONE) {
      candidates.add((long) whole << Integer.SIZE | left);
    }
  }
}
