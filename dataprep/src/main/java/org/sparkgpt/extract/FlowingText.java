package org.sparkgpt.extract;

/** Text as a page sets it: runs of white space are one blank, or the line breaks asked for. */
final class FlowingText {
  private final StringBuilder text = new StringBuilder();
  private int breaks;
  private boolean space;

  /** What follows starts a new line; after a blank one, if {@code lines} is 2. */
  void breakLines(int lines) {
    breaks = Math.max(breaks, lines);
  }

  /** What follows starts a new line; where it would anyway, it leaves one blank. */
  void endLine() {
    breaks = Math.min(2, breaks + 1);
  }

  /** What follows is apart from what was before. */
  void space() {
    space = true;
  }

  void append(String words, boolean preformatted) {
    for (int i = 0; i < words.length(); i++) {
      char c = words.charAt(i);
      if (preformatted && breaks == 0) {
        text.append(c);
      } else if (isHtmlSpace(c)) {
        keepSpace(c, preformatted);
      } else {
        flush();
        text.append(c);
      }
    }
  }

  /** White space at the start of a preformatted block: its indent counts, empty lines do not. */
  private void keepSpace(char c, boolean preformatted) {
    if (preformatted && c != '\n' && c != '\r') {
      flush();
      text.append(c);
    } else {
      space = true;
    }
  }

  private void flush() {
    if (!text.isEmpty()) {
      if (breaks > 0) {
        trimEnd();
        text.append("\n\n", 0, breaks);
      } else if (space) {
        text.append(' ');
      }
    }
    breaks = 0;
    space = false;
  }

  private void trimEnd() {
    int end = text.length();
    while (end > 0 && isHtmlSpace(text.charAt(end - 1))) {
      end--;
    }
    text.setLength(end);
  }

  private static boolean isHtmlSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
  }

  @Override
  public String toString() {
    trimEnd();
    return text.toString();
  }
}
