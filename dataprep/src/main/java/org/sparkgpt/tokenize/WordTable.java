package org.sparkgpt.tokenize;

import java.util.Arrays;

/** Counts words as they come: open addressing, linear probing, over a {@link WordList}. */
final class WordTable {
  /** What a task should hold: some 70 MB with words of 10 bytes. */
  static final int MAX_WORDS = 1_000_000;

  private static final int MAX_BYTES = 24 << 20;
  private static final int NONE = -1;

  private final int maxWords;
  private final WordList words = new WordList();
  private int[] slots = new int[1 << 12]; // words by hash, at most half full
  private int[] hashes = new int[slots.length / 2]; // of each word

  /**
   * @param maxWords after which it {@link #isFull}
   */
  WordTable(int maxWords) {
    this.maxWords = maxWords;
    Arrays.fill(slots, NONE);
  }

  WordList words() {
    return words;
  }

  /** Whether the counts had better be passed on before further words come. */
  boolean isFull() {
    return words.size() >= maxWords || words.byteLength() >= MAX_BYTES;
  }

  /**
   * Counts one occurrence.
   *
   * @param utf8 the word in [from, to)
   */
  void add(byte[] utf8, int from, int to) {
    int hash = hash(utf8, from, to);
    int slot = hash & (slots.length - 1);
    for (int word = slots[slot]; word != NONE; word = slots[slot]) {
      if (hashes[word] == hash && words.is(word, utf8, from, to)) {
        words.increase(word, 1);
        return;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    int word = words.add(utf8, from, to, 1);
    slots[slot] = word;
    hashes[word] = hash;
    if (words.size() == hashes.length) {
      grow();
    }
  }

  private void grow() {
    hashes = Arrays.copyOf(hashes, 2 * hashes.length);
    slots = new int[2 * slots.length];
    Arrays.fill(slots, NONE);
    for (int word = 0; word < words.size(); word++) {
      int slot = hashes[word] & (slots.length - 1);
      while (slots[slot] != NONE) {
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = word;
    }
  }

  private static int hash(byte[] utf8, int from, int to) {
    long hash = to - from;
    for (int i = from; i < to; i++) {
      hash = (hash ^ utf8[i]) * 0x9E3779B97F4A7C15L; // odd: 2^64 / golden ratio, Knuth 6.4
    }
    return (int) (hash >>> Integer.SIZE);
  }
}
