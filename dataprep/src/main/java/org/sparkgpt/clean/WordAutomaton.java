package org.sparkgpt.clean;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;

/**
 * Says whether one of many words occurs in a text, in one pass over it (Aho and Corasick 1975). The
 * transitions of all states lie in one hash table.
 */
final class WordAutomaton implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int ROOT = 0;
  private static final int NONE = -1;

  private long[] keys = new long[1024]; // (state << 16 | unit) + 1; 0 marks a free slot
  private int[] targets = new int[1024];
  private int states = 1;
  private int[] lengths; // by state: of the word that ends there, 0 if none does
  private int[] suffixes; // by state: the longest other one whose characters end this one's
  private int[] shorter; // by state: the next one among its suffixes where a word ends, or ROOT

  /**
   * @param words not empty ones
   */
  WordAutomaton(Collection<String> words) {
    lengths = new int[16];
    for (String word : words) {
      int state = ROOT;
      for (int i = 0; i < word.length(); i++) {
        int next = next(state, word.charAt(i));
        state = next == NONE ? add(state, word.charAt(i)) : next;
      }
      lengths[state] = word.length();
    }
    lengths = Arrays.copyOf(lengths, states);
    link();
  }

  private int add(int state, char unit) {
    if (2 * states > keys.length) {
      grow();
    }
    put(key(state, unit), states);
    if (states == lengths.length) {
      lengths = Arrays.copyOf(lengths, 2 * states);
    }
    return states++;
  }

  private void put(long key, int target) {
    int slot = slot(key);
    keys[slot] = key;
    targets[slot] = target;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldTargets = targets;
    keys = new long[2 * oldKeys.length];
    targets = new int[2 * oldKeys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        put(oldKeys[i], oldTargets[i]);
      }
    }
  }

  private static long key(int state, char unit) {
    return ((long) state << 16 | unit) + 1;
  }

  private int slot(long key) {
    int slot = (int) (key * 0x9e3779b97f4a7c15L >>> 40) & keys.length - 1;
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = slot + 1 & keys.length - 1;
    }
    return slot;
  }

  private int next(int state, char unit) {
    int slot = slot(key(state, unit));
    return keys[slot] == 0 ? NONE : targets[slot];
  }

  /** Finds the suffixes, shorter states first. */
  private void link() {
    int[] parents = new int[states];
    char[] units = new char[states];
    int[] firstChild = new int[states];
    int[] sibling = new int[states];
    for (int slot = 0; slot < keys.length; slot++) {
      if (keys[slot] != 0) {
        int child = targets[slot];
        parents[child] = (int) (keys[slot] - 1 >>> 16);
        units[child] = (char) (keys[slot] - 1);
        sibling[child] = firstChild[parents[child]];
        firstChild[parents[child]] = child;
      }
    }
    suffixes = new int[states];
    shorter = new int[states];
    Deque<Integer> queue = new ArrayDeque<>();
    queue.add(ROOT);
    while (!queue.isEmpty()) {
      int state = queue.remove();
      if (state != ROOT) {
        suffixes[state] =
            parents[state] == ROOT ? ROOT : step(suffixes[parents[state]], units[state]);
        shorter[state] = lengths[suffixes[state]] > 0 ? suffixes[state] : shorter[suffixes[state]];
      }
      for (int child = firstChild[state]; child != ROOT; child = sibling[child]) {
        queue.add(child);
      }
    }
  }

  private int step(int from, char unit) {
    int state = from;
    int next = next(state, unit);
    while (next == NONE && state != ROOT) {
      state = suffixes[state];
      next = next(state, unit);
    }
    return Math.max(next, ROOT);
  }

  /**
   * @param whole whether characters of words may not stand before or behind: {@code
   *     (?:\W|^)(...)(?:\W|$)} of Python's {@code re}
   */
  boolean occursIn(String text, boolean whole) {
    int state = ROOT;
    for (int i = 0; i < text.length(); i++) {
      state = step(state, text.charAt(i));
      int end = lengths[state] > 0 ? state : shorter[state];
      for (; end != ROOT; end = shorter[end]) {
        if (!whole || isWhole(text, i + 1 - lengths[end], i + 1)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isWhole(String text, int start, int end) {
    return (start == 0 || !Characters.isWord(text.codePointBefore(start)))
        && (end == text.length() || !Characters.isWord(text.codePointAt(end)));
  }
}
