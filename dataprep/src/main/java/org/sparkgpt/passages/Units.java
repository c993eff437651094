package org.sparkgpt.passages;

import org.sparkgpt.corpus.Hash64;

/**
 * The units of a text, one after the other: words, sentences or lines. A unit never begins or ends
 * inside a surrogate pair, nor with white space.
 */
abstract class Units {
  final String text;

  /** Of the unit, in UTF-16 units. */
  int start;

  int end;

  /** Of what is compared, in code points. */
  int length;

  /** Of what is compared: 64 bits, {@link Hash64#mix mixed} FNV-1a. */
  long hash;

  Units(String text) {
    this.text = text;
  }

  /** Reads the next unit; false if there is none. */
  abstract boolean next();

  static boolean isWhite(int c) {
    if (c < 0x80) {
      return c <= ' ' && Character.isWhitespace(c);
    }
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /** Of a BMP character; white space beyond the BMP does not exist. */
  static int skipWhite(String text, int from, int to) {
    int i = from;
    while (i < to && isWhite(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** The end of {@code text[from, to)} without the white space at it. */
  static int trimmedEnd(String text, int from, int to) {
    int i = to;
    while (i > from && isWhite(text.charAt(i - 1))) {
      i--;
    }
    return i;
  }

  static long append(long hash, int c) {
    if (Character.isBmpCodePoint(c)) {
      return Hash64.append(hash, (char) c);
    }
    return Hash64.append(
        Hash64.append(hash, Character.highSurrogate(c)), Character.lowSurrogate(c));
  }
}
