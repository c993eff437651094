package org.sparkgpt.report;

/** Foreign text in a page. */
public final class Text {
  /** What Markdown, GitHub's included, reads as more than itself within a line. */
  private static final String MARKS = "\\`*_[]|~$";

  private Text() {}

  /** Safe in element content and in quoted attributes, also where the page is read as XML. */
  public static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(isXml(c) ? c : 0xFFFD);
              }
            });
    return safe.toString();
  }

  /** Safe within a line of Markdown, a table's cell included: markup of neither kind is left. */
  public static String markdown(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (c == '&') {
                safe.append("&amp;");
              } else if (c == '<') {
                safe.append("&lt;");
              } else if (c == '>') {
                safe.append("&gt;");
              } else if (MARKS.indexOf(c) >= 0) {
                safe.append('\\').appendCodePoint(c);
              } else {
                safe.appendCodePoint(c == '\n' || c == '\r' ? ' ' : isXml(c) ? c : 0xFFFD);
              }
            });
    return safe.toString();
  }

  /**
   * A text on one line: white space is one space, control characters and those that turn the
   * direction of writing are U+FFFD, and what is over {@code length} code points is an ellipsis.
   */
  public static String line(String text, int length) {
    String source = text.strip();
    StringBuilder line = new StringBuilder();
    int taken = 0;
    int at = 0;
    while (at < source.length() && taken < length) {
      int c = source.codePointAt(at);
      at += Character.charCount(c);
      boolean space = Character.isWhitespace(c) || Character.isSpaceChar(c);
      if (!space) {
        line.appendCodePoint(isPlain(c) ? c : 0xFFFD);
        taken++;
      } else if (!line.isEmpty() && line.charAt(line.length() - 1) != ' ') {
        line.append(' ');
        taken++;
      }
    }
    return at < source.length() ? line + "…" : line.toString();
  }

  private static boolean isPlain(int c) {
    byte direction = Character.getDirectionality(c);
    boolean turns =
        direction >= Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING
                && direction <= Character.DIRECTIONALITY_POP_DIRECTIONAL_FORMAT
            || direction >= Character.DIRECTIONALITY_LEFT_TO_RIGHT_ISOLATE
                && direction <= Character.DIRECTIONALITY_POP_DIRECTIONAL_ISOLATE
            || c == 0x200E
            || c == 0x200F
            || c == 0x061C;
    return isXml(c) && !Character.isISOControl(c) && !turns;
  }

  /** Characters that XML 1.0 allows; control characters and lone surrogates are none. */
  private static boolean isXml(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || c >= 0x20 && c < 0xD800
        || c >= 0xE000 && c <= 0xFFFD
        || c >= 0x10000;
  }
}
