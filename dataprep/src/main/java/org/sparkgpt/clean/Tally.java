package org.sparkgpt.clean;

import java.util.Arrays;

/** Counts equal 64-bit hashes: an open-addressing table, used again for the next count. */
final class Tally {
  private static final int SMALL = 1 << 12;

  private long[] keys = new long[SMALL];
  private int[] counts = new int[SMALL]; // 0 marks a free slot
  private int[] firsts = new int[SMALL];
  private int mask = SMALL - 1; // of the slots in use, which may be fewer than there are
  private int room; // for distinct keys in those slots
  private int distinct;

  /**
   * Forgets all.
   *
   * @param additions how often {@link #add} will be called at most
   */
  void clear(int additions) {
    if (additions > Segments.MOST_KEPT) {
      // Up to three quarters full and never grown: growing needs the old slots beside the new.
      int slots = Math.toIntExact(Long.highestOneBit(additions + additions / 3L) << 1);
      use(slots, slots);
      room = additions;
    } else {
      int wanted = Integer.highestOneBit(Math.max(16, additions)) << 2;
      use(keys.length > Segments.MOST_KEPT ? SMALL : keys.length, wanted);
      room = mask / 2;
    }
    Arrays.fill(counts, 0, mask + 1, 0);
    distinct = 0;
  }

  private void use(int length, int slots) {
    if (keys.length != length) {
      allocate(length);
    }
    mask = Math.min(length, slots) - 1;
  }

  /** Counts {@code key}, seen at {@code position}, and says how often it has been seen by now. */
  int add(long key, int position) {
    if (distinct > room) {
      grow();
    }
    int slot = slot(key);
    if (counts[slot] == 0) {
      keys[slot] = key;
      firsts[slot] = position;
      distinct++;
    }
    return ++counts[slot];
  }

  private int slot(long key) {
    long mixed = key * 0x9e3779b97f4a7c15L;
    int slot = (int) (mixed ^ mixed >>> 32) & mask;
    while (counts[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** How often {@code key} was added. */
  int count(long key) {
    return counts[slot(key)];
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

  private void grow() {
    long[] oldKeys = keys;
    int[] oldCounts = counts;
    int[] oldFirsts = firsts;
    int slots = mask + 1;
    allocate(Math.multiplyExact(slots, 4));
    mask = keys.length - 1;
    room = mask / 2;
    for (int i = 0; i < slots; i++) {
      if (oldCounts[i] != 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        counts[slot] = oldCounts[i];
        firsts[slot] = oldFirsts[i];
      }
    }
  }

  private void allocate(int slots) {
    keys = new long[slots];
    counts = new int[slots];
    firsts = new int[slots];
  }
}
