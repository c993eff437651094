package org.sparkgpt.dedup;

import java.text.Normalizer;

/**
 * Canonical decomposition (Unicode's NFD), which costs little where a text is ASCII: such
 * characters have none and end what marks can be reordered in, so the runs between them are
 * decomposed one by one.
 */
final class Decomposition {
  private Decomposition() {}

  /** The text in NFD. */
  static String of(String text) {
    int start = next(text, 0, false);
    if (start == text.length()) {
      return text;
    }
    StringBuilder decomposed = new StringBuilder(text.length() + text.length() / 16);
    int done = 0;
    while (start < text.length()) {
      int end = next(text, start, true);
      if (mayChange(text, start, end)) {
        decomposed
            .append(text, done, start)
            .append(Normalizer.normalize(text.substring(start, end), Normalizer.Form.NFD));
        done = end;
      }
      start = next(text, end, false);
    }
    return decomposed.append(text, done, text.length()).toString();
  }

  /** Where the next character is that is ASCII or not; the text's length if there is none. */
  private static int next(String text, int from, boolean ascii) {
    int i = from;
    while (i < text.length() && text.charAt(i) < 0x80 != ascii) {
      i++;
    }
    return i;
  }

  /** False if there are but Latin-1's signs and general punctuation, which stay as they are. */
  private static boolean mayChange(String text, int start, int end) {
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c >= 0xc0 && (c < 0x2010 || c > 0x205f)) {
        return true;
      }
    }
    return false;
  }
}
