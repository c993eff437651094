package org.sparkgpt.redact;

/**
 * Where a number or word begins and ends.
 *
 * <p>Digits are ASCII's: full-width, Arabic and other digits make no hit, and a hit does not begin
 * or end right beside one. Chinese, Japanese and Korean characters are no part of a word, since
 * these scripts set none apart; neither are characters beyond the Basic Multilingual Plane.
 */
final class Characters {
  private static final char NO_BREAK_SPACE = '\u00a0';
  private static final char HYPHEN = '\u2010';
  private static final char NO_BREAK_HYPHEN = '\u2011';

  private Characters() {}

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isLetter(char c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  }

  /** ASCII or Latin with accents: what a name or address in a Latin script may have. */
  static boolean isLatin(char c) {
    return c < 0x80 ? isLetter(c) : c >= '\u00c0' && c < '\u0250' && c != '\u00d7' && c != '\u00f7';
  }

  /** Whether {@code c} belongs to the word that it stands in. */
  static boolean isWord(char c) {
    if (c < 0x80) {
      return isLetter(c) || isDigit(c) || c == '_';
    }
    boolean unspaced = c >= '\u2e80' && c <= '\ud7af'; // CJK, kana, Hangul
    return !unspaced && Character.isLetterOrDigit(c);
  }

  /** Plain: a blank, hyphen, full stop or slash; 0 if it is no separator inside numbers. */
  static char separator(char c) {
    return switch (c) {
      case ' ', NO_BREAK_SPACE -> ' ';
      case '-', HYPHEN, NO_BREAK_HYPHEN -> '-';
      case '.', '/' -> c;
      default -> 0;
    };
  }

  /**
   * Whether a number can begin here: not inside a longer one, an amount, a path or a query.
   *
   * @param start no word character stands before it
   */
  static boolean beginsNumber(String text, int start) {
    if (start == 0) {
      return true;
    }
    char before = text.charAt(start - 1);
    if ("/\\=&?%#$@+*~\u20ac\u00a3".indexOf(before) >= 0) {
      return false;
    }
    if (before == ':' && start > 1 && isDigit(text.charAt(start - 2))) {
      return false; // a time
    }
    if (text.charAt(start) == '+' && (before == ')' || before == ']')) {
      return false; // a sum
    }
    boolean joined = before == '.' || before == ',' || separator(before) == '-' || before == '\'';
    return !joined || start < 2 || !isWord(text.charAt(start - 2));
  }

  /** Whether a number can end here: not inside a longer one or a word. */
  static boolean endsNumber(String text, int end) {
    if (end >= text.length()) {
      return true;
    }
    char after = text.charAt(end);
    if (isWord(after) || after == '%' || after == '=' || after == '&') {
      return false;
    }
    char separator = separator(after);
    boolean joining = separator != 0 && separator != ' ' || after == ',' || after == ':';
    return !joining || end + 1 >= text.length() || !isDigit(text.charAt(end + 1));
  }
}
