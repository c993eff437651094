package org.sparkgpt.clean;

/** Counts equal 64-bit hashes: an open-addressing table made for one known number of additions. */
final class Tally {
  private final long[] keys;
  private final int[] counts; // 0 marks a free slot
  private final int[] firsts;
  private final int mask;

  /**
   * @param additions how often {@link #add} will be called at most
   */
  Tally(int additions) {
    int slots = Integer.highestOneBit(Math.max(1, additions)) << 2; // at most half full
    keys = new long[slots];
    counts = new int[slots];
    firsts = new int[slots];
    mask = slots - 1;
  }

  /** Counts {@code key}, seen at {@code position}, and says how often it has been seen by now. */
  int add(long key, int position) {
    int slot = (int) (key ^ (key >>> 32)) & mask;
    while (counts[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    if (counts[slot] == 0) {
      keys[slot] = key;
      firsts[slot] = position;
    }
    return ++counts[slot];
  }

  /**
   * Where the most frequent key was first seen, the earliest of several; -1 if nothing was added.
   */
  int firstOfMostFrequent() {
    int best = -1;
    for (int slot = 0; slot <= mask; slot++) {
      if (counts[slot] > 0 && (best < 0 || isAhead(slot, best))) {
        best = slot;
      }
    }
    return best < 0 ? -1 : firsts[best];
  }

  private boolean isAhead(int slot, int other) {
    return counts[slot] > counts[other]
        || (counts[slot] == counts[other] && firsts[slot] < firsts[other]);
  }

  /** The greatest count; 0 if nothing was added. */
  int greatestCount() {
    int greatest = 0;
    for (int count : counts) {
      greatest = Math.max(greatest, count);
    }
    return greatest;
  }
}
