package org.sparkgpt.decontaminate;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Exact strings to be found in texts, all of them in one pass: the automaton of Aho and Corasick
 * (1975), with every transition worked out, over the characters that the strings have.
 *
 * <p>Where a string begins or ends with a digit, the number must begin or end there in the text
 * too: {@code 48 plus 76} is not in {@code 148 plus 76}, {@code 48 plus 760} or {@code 48 plus
 * 76.5}, but in {@code 48 plus 76.} at the end of a sentence.
 */
public final class Phrases implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int MAX_TRANSITIONS = 1 << 26; // 256 MiB

  private final List<String> phrases;
  private final boolean ignoreCase;
  private final char[] classes = new char[1 << 16]; // of a character; 0: in no phrase
  private int[] next; // by state * width + class
  private int[] ends; // by state: the phrase that ends there, or -1
  private int[]
      shorter; // by state: the state of its longest proper suffix that ends a phrase, or 0
  private int width = 1;

  /** Is told of each place where a phrase is, in the order of their ends. */
  @FunctionalInterface
  public interface Places {
    /**
     * @param phrase its number in the list
     * @param start UTF-16 offset
     */
    void found(int phrase, int start, int end);
  }

  /**
   * @param phrases different ones; with {@code ignoreCase} different but for case
   * @throws IllegalArgumentException if one is empty or there twice, or all are too long together
   */
  public Phrases(List<String> phrases, boolean ignoreCase) {
    this.phrases = List.copyOf(phrases);
    this.ignoreCase = ignoreCase;
    int states = 1;
    for (String phrase : phrases) {
      if (phrase.isEmpty()) {
        throw new IllegalArgumentException("cannot search for an empty text");
      }
      for (int i = 0; i < phrase.length(); i++) {
        char c = fold(phrase.charAt(i));
        classes[c] = classes[c] == 0 ? (char) width++ : classes[c];
      }
      states += phrase.length();
    }
    for (int c = 0; c < classes.length; c++) {
      classes[c] = classes[fold((char) c)];
    }
    if ((long) states * width > MAX_TRANSITIONS) {
      throw new IllegalArgumentException(
          "too much to search for at once: "
              + states
              + " characters of "
              + width
              + " kinds; search for a part of it at a time");
    }
    next = new int[states * width];
    ends = new int[states];
    shorter = new int[states];
    Arrays.fill(ends, -1);
    link(plant());
  }

  /** The tree of the phrases; returns the number of its states. */
  private int plant() {
    int states = 1;
    for (int p = 0; p < phrases.size(); p++) {
      int state = 0;
      for (char c : phrases.get(p).toCharArray()) {
        int at = state * width + classes[c];
        if (next[at] == 0) {
          next[at] = states++;
        }
        state = next[at];
      }
      if (ends[state] >= 0) {
        throw new IllegalArgumentException("'" + phrases.get(p) + "' is there twice");
      }
      ends[state] = p;
    }
    return states;
  }

  /** Fills in where a text goes on that leaves the tree, from the shortest states on. */
  private void link(int states) {
    int[] suffix = new int[states];
    Deque<Integer> open = new ArrayDeque<>();
    for (int c = 1; c < width; c++) {
      if (next[c] != 0) {
        open.add(next[c]);
      }
    }
    while (!open.isEmpty()) {
      int state = open.poll();
      int fallback = suffix[state];
      shorter[state] = ends[fallback] >= 0 ? fallback : shorter[fallback];
      for (int c = 1; c < width; c++) {
        int child = next[state * width + c];
        int instead = next[fallback * width + c];
        if (child == 0) {
          next[state * width + c] = instead;
        } else {
          suffix[child] = instead;
          open.add(child);
        }
      }
    }
    next = Arrays.copyOf(next, states * width);
    ends = Arrays.copyOf(ends, states);
    shorter = Arrays.copyOf(shorter, states);
  }

  private char fold(char c) {
    return ignoreCase ? Character.toLowerCase(Character.toUpperCase(c)) : c;
  }

  public List<String> list() {
    return new ArrayList<>(phrases);
  }

  /** Finds every place, overlapping ones too. */
  public void find(String text, Places places) {
    int state = 0;
    for (int i = 0; i < text.length(); i++) {
      state = next[state * width + classes[text.charAt(i)]];
      for (int s = ends[state] >= 0 ? state : shorter[state]; s != 0; s = shorter[s]) {
        int end = i + 1;
        int start = end - phrases.get(ends[s]).length();
        if (isWhole(text, start, end)) {
          places.found(ends[s], start, end);
        }
      }
    }
  }

  private static boolean isWhole(String text, int start, int end) {
    boolean cutBefore =
        isDigit(text, start)
            && (isDigit(text, start - 1) || isPoint(text, start - 1) && isDigit(text, start - 2));
    boolean cutBehind =
        isDigit(text, end - 1)
            && (isDigit(text, end) || isPoint(text, end) && isDigit(text, end + 1));
    return !cutBefore && !cutBehind;
  }

  private static boolean isDigit(String text, int i) {
    return i >= 0 && i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9';
  }

  private static boolean isPoint(String text, int i) {
    return i >= 0 && i < text.length() && (text.charAt(i) == '.' || text.charAt(i) == ',');
  }
}
