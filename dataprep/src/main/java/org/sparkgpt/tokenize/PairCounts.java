package org.sparkgpt.tokenize;

import java.util.Arrays;

/**
 * How often each pair of neighbouring ids occurs, and the words where it did at some time. A pair
 * has an index, the order in which it was first seen; found by open addressing, linear probing.
 */
final class PairCounts {
  private static final int NONE = -1;
  private static final int[] NO_WORDS = {};

  private int[] slots = new int[1 << 16]; // indexes by hash, at most half full
  private int shift = Long.SIZE - 16;
  private long[] pairs = new long[slots.length / 2];
  private long[] counts = new long[slots.length / 2];
  private int[][] words = new int[slots.length / 2][];
  private int[] sizes = new int[slots.length / 2]; // of words
  private int size;

  PairCounts() {
    Arrays.fill(slots, NONE);
  }

  int size() {
    return size;
  }

  /** {@link MergeTable#pair}. */
  long pair(int index) {
    return pairs[index];
  }

  long count(int index) {
    return counts[index];
  }

  /** Ascending if they were added so; valid up to {@link #wordCount}. */
  int[] words(int index) {
    return words[index];
  }

  int wordCount(int index) {
    return sizes[index];
  }

  /** Adds to the count of a pair; returns its index. */
  int add(int left, int right, long change) {
    long pair = MergeTable.pair(left, right);
    int slot = slotOf(pair);
    int index = slots[slot];
    while (index != NONE && pairs[index] != pair) {
      slot = (slot + 1) & (slots.length - 1);
      index = slots[slot];
    }
    if (index == NONE) {
      index = size++;
      slots[slot] = index;
      pairs[index] = pair;
      words[index] = NO_WORDS;
      if (size == pairs.length) {
        grow();
      }
    }
    counts[index] += change;
    return index;
  }

  /** Notes that a word has the pair; words come in order, one perhaps several times. */
  void addWord(int index, int word) {
    int count = sizes[index];
    if (count > 0 && words[index][count - 1] == word) {
      return;
    }
    if (count == words[index].length) {
      words[index] = Arrays.copyOf(words[index], Math.max(2, count + count / 2));
    }
    words[index][count] = word;
    sizes[index]++;
  }

  /** Forgets where a pair was that will not be merged any more. */
  void dropWords(int index) {
    words[index] = NO_WORDS;
    sizes[index] = 0;
  }

  private void grow() {
    int length = pairs.length + pairs.length / 2;
    pairs = Arrays.copyOf(pairs, length);
    counts = Arrays.copyOf(counts, length);
    words = Arrays.copyOf(words, length);
    sizes = Arrays.copyOf(sizes, length);
    if (length <= slots.length / 2) {
      return;
    }
    slots = new int[2 * slots.length];
    shift--;
    Arrays.fill(slots, NONE);
    for (int index = 0; index < size; index++) {
      int slot = slotOf(pairs[index]);
      while (slots[slot] != NONE) {
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = index;
    }
  }

  private int slotOf(long pair) {
    return (int) ((pair ^ (pair >>> 29)) * 0x9E3779B97F4A7C15L >>> shift);
  }
}
