package org.sparkgpt.passages;

import java.util.BitSet;

/**
 * Takes units out of a text. What is left on both sides is joined by the white space that was there
 * before or behind, whichever parts more: a blank line, a newline or a blank; a newline if there
 * was none at all, so that no new word appears. Nothing else in the text changes.
 */
final class Cut {
  private static final String[] SEPARATORS = {"\n", " ", "\n", "\n\n"};

  private final String text;
  private final StringBuilder rest;
  private int at; // up to here the text is copied or cut
  private int parting = -1; // index of what goes between rest and the next piece; none: -1

  private Cut(String text) {
    this.text = text;
    rest = new StringBuilder(text.length());
  }

  /**
   * The text without some of its units.
   *
   * @param units of {@code text}, from the first one on
   * @param removed by their numbers
   */
  static String without(String text, Units units, BitSet removed) {
    Cut cut = new Cut(text);
    int unit = 0;
    for (int from = removed.nextSetBit(0); from >= 0; from = removed.nextSetBit(unit)) {
      for (; unit <= from; unit++) {
        units.next();
      }
      int start = units.start;
      for (int to = removed.nextClearBit(from); unit < to; unit++) {
        units.next();
      }
      cut.remove(start, units.end);
    }
    cut.keep(text.length());
    return cut.rest.toString();
  }

  private void remove(int start, int end) {
    int before = Units.trimmedEnd(text, at, start);
    keep(before);
    int behind = Units.skipWhite(text, end, text.length());
    parting = Math.max(parting, Math.max(parting(before, start), parting(end, behind)));
    at = behind;
  }

  private void keep(int end) {
    if (end > at) {
      rest.append(rest.isEmpty() || parting < 0 ? "" : SEPARATORS[parting]).append(text, at, end);
      parting = -1;
    }
  }

  private int parting(int from, int to) {
    int newlines = 0;
    for (int i = from; i < to; i++) {
      newlines += text.charAt(i) == '\n' ? 1 : 0;
    }
    return from == to ? 0 : 1 + Math.min(newlines, 2);
  }
}
