package org.sparkgpt.tokenize;

/**
 * Cuts text into the words that BPE never merges across: GPT-2's pattern
 *
 * <pre>{@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}</pre>
 *
 * with Unicode's {@code \s}, as a scanner over valid UTF-8. Categories are those of the running
 * Java (17: Unicode 13); the tests hold it against {@code java.util.regex}.
 */
final class WordSplitter {
  private static final byte OTHER = 0;
  private static final byte LETTER = 1;
  private static final byte NUMBER = 2;
  private static final byte SPACE = 3;

  private static final byte[] KIND = new byte[Character.MIN_SUPPLEMENTARY_CODE_POINT];

  static {
    for (int c = 0; c < KIND.length; c++) {
      KIND[c] = kindOf(c);
    }
  }

  private WordSplitter() {}

  private static byte kindOf(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
              Character.LOWERCASE_LETTER,
              Character.TITLECASE_LETTER,
              Character.MODIFIER_LETTER,
              Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          SPACE;
        // \t \n \v \f \r and NEL are controls by category, white space by property.
      default -> (codePoint >= 0x9 && codePoint <= 0xD) || codePoint == 0x85 ? SPACE : OTHER;
    };
  }

  /**
   * The end of the word that begins at {@code start}.
   *
   * @param utf8 valid UTF-8 in [0, limit)
   * @param start where a word begins, less than {@code limit}
   */
  static int wordEnd(byte[] utf8, int start, int limit) {
    byte first = utf8[start];
    if (first == '\'') {
      int end = contractionEnd(utf8, start + 1, limit);
      if (end > 0) {
        return end;
      }
    }
    int body = start;
    byte kind = kindAt(utf8, start);
    if (first == ' ' && start + 1 < limit) {
      byte next = kindAt(utf8, start + 1);
      if (next != SPACE) {
        kind = next;
        body = start + 1;
      }
    }
    return kind == SPACE ? spaceEnd(utf8, start, limit) : runEnd(utf8, body, limit, kind);
  }

  /** The end of s, t, m, d, re, ve or ll at {@code at}, or -1. */
  private static int contractionEnd(byte[] utf8, int at, int limit) {
    if (at >= limit) {
      return -1;
    }
    byte c = utf8[at];
    if (c == 's' || c == 't' || c == 'm' || c == 'd') {
      return at + 1;
    }
    if (at + 1 >= limit) {
      return -1;
    }
    byte d = utf8[at + 1];
    boolean isLong = ((c == 'r' || c == 'v') && d == 'e') || (c == 'l' && d == 'l');
    return isLong ? at + 2 : -1;
  }

  private static int runEnd(byte[] utf8, int from, int limit, byte kind) {
    int at = from;
    while (at < limit) {
      byte b = utf8[at];
      if (b >= 0) {
        if (KIND[b] != kind) {
          return at;
        }
        at++;
      } else {
        if (kindAt(utf8, at) != kind) {
          return at;
        }
        at += width(b);
      }
    }
    return at;
  }

  /** White space before a word leaves its last character to that word. */
  private static int spaceEnd(byte[] utf8, int start, int limit) {
    int last = start;
    int at = start;
    while (at < limit && kindAt(utf8, at) == SPACE) {
      last = at;
      at += width(utf8[at]);
    }
    return at == limit || last == start ? at : last;
  }

  private static byte kindAt(byte[] utf8, int at) {
    byte b = utf8[at];
    if (b >= 0) {
      return KIND[b];
    }
    return switch (width(b)) {
      case 2 -> KIND[(b & 0x1F) << 6 | (utf8[at + 1] & 0x3F)];
      case 3 -> KIND[(b & 0x0F) << 12 | (utf8[at + 1] & 0x3F) << 6 | (utf8[at + 2] & 0x3F)];
      default ->
          kindOf(
              (b & 0x07) << 18
                  | (utf8[at + 1] & 0x3F) << 12
                  | (utf8[at + 2] & 0x3F) << 6
                  | (utf8[at + 3] & 0x3F));
    };
  }

  /** Bytes of the character that {@code lead} begins. */
  private static int width(byte lead) {
    if (lead >= 0) {
      return 1;
    }
    int b = lead & 0xFF;
    return b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
  }
}
