package org.sparkgpt.tokenize;

import java.util.Arrays;

/** From a pair of token ids to the id of their merge: open addressing, linear probing. */
final class MergeTable {
  /** What {@link #get} returns for a pair that never merges: larger than every id. */
  static final int NONE = Integer.MAX_VALUE;

  private final long[] pairs;
  private final int[] ids;
  private final int shift;
  private final int capacity;

  /** Room for {@code merges} pairs. */
  MergeTable(int merges) {
    // At most a quarter full: most look-ups are for pairs that are not there.
    int bits = Math.max(6, 34 - Integer.numberOfLeadingZeros(merges));
    pairs = new long[1 << bits];
    ids = new int[1 << bits];
    Arrays.fill(ids, NONE);
    shift = Long.SIZE - bits;
    capacity = merges;
  }

  /** How many pairs there is room for; their ids are those behind the bytes'. */
  int capacity() {
    return capacity;
  }

  static long pair(int left, int right) {
    return (long) left << Integer.SIZE | right;
  }

  /** Adds a pair; false if it was there already. */
  boolean put(int left, int right, int id) {
    long pair = pair(left, right);
    int slot = slotOf(pair);
    while (ids[slot] != NONE) {
      if (pairs[slot] == pair) {
        return false;
      }
      slot = (slot + 1) & (ids.length - 1);
    }
    pairs[slot] = pair;
    ids[slot] = id;
    return true;
  }

  int get(int left, int right) {
    long pair = pair(left, right);
    int slot = slotOf(pair);
    while (ids[slot] != NONE && pairs[slot] != pair) {
      slot = (slot + 1) & (ids.length - 1);
    }
    return ids[slot];
  }

  private int slotOf(long pair) {
    // 2^64 / golden ratio: multiplicative hashing, Knuth 6.4.
    return (int) ((pair ^ (pair >>> 29)) * 0x9E3779B97F4A7C15L >>> shift);
  }
}
