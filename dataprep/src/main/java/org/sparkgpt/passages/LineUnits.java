package org.sparkgpt.passages;

import org.sparkgpt.corpus.Hash64;

/**
 * The lines of a text, blank ones included, without white space at their ends and in lower case,
 * code point by code point: what C4's code compares.
 *
 * <p>For paragraphs, which cc_net also splits at each newline, digits read as {@code 0} and
 * punctuation (Unicode category P; cc_net lists 35 characters of it) and control characters are
 * left out ({@code text_normalizer.py}).
 */
final class LineUnits extends Units {
  private static final int NOTHING = -1;
  private static final int[] ASCII = new int[0x80];

  static {
    for (int c = 0; c < ASCII.length; c++) {
      ASCII[c] = simplifyAny(c);
    }
  }

  private final boolean simplified;
  private int at;

  /**
   * @param simplified as cc_net does
   */
  LineUnits(String text, boolean simplified) {
    super(text);
    this.simplified = simplified;
  }

  @Override
  boolean next() {
    if (at > text.length()) {
      return false;
    }
    int newline = text.indexOf('\n', at);
    int stop = newline < 0 ? text.length() : newline;
    start = skipWhite(text, at, stop);
    end = trimmedEnd(text, start, stop);
    at = stop + 1;
    read();
    return true;
  }

  private void read() {
    long running = Hash64.START;
    length = 0;
    int i = start;
    while (i < end) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      int compared = simplified ? simplify(c) : Character.toLowerCase(c);
      if (compared != NOTHING) {
        running = append(running, compared);
        length++;
      }
    }
    hash = Hash64.mix(running);
  }

  private static int simplify(int c) {
    return c < 0x80 ? ASCII[c] : simplifyAny(c);
  }

  private static int simplifyAny(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
              Character.CONNECTOR_PUNCTUATION,
              Character.DASH_PUNCTUATION,
              Character.START_PUNCTUATION,
              Character.END_PUNCTUATION,
              Character.INITIAL_QUOTE_PUNCTUATION,
              Character.FINAL_QUOTE_PUNCTUATION,
              Character.OTHER_PUNCTUATION ->
          NOTHING;
      case Character.DECIMAL_DIGIT_NUMBER -> '0';
      default -> Character.toLowerCase(c);
    };
  }
}
