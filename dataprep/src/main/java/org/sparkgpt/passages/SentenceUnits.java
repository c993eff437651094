package org.sparkgpt.passages;

import org.sparkgpt.corpus.Hash64;

/**
 * The sentences of a text, compared in lower case with every run of white space as one blank.
 *
 * <p>A sentence ends at a blank line, and after end marks with the quotes and brackets that close
 * behind them if white space or the text's end follows; marks of scripts without blanks need none.
 * Abbreviations end a sentence too: what matters here is that equal texts are split equally.
 */
final class SentenceUnits extends Units {
  private static final String MARKS = "…؟۔।॥";
  private static final String WIDE_MARKS = "。！？｡";
  private static final String CLOSERS = "\"'”’»›)]}」』）】";

  private int at;

  SentenceUnits(String text) {
    super(text);
  }

  /** How many sentences {@code text} has, counting no further than {@code most}. */
  static int count(String text, int most) {
    Units sentences = new SentenceUnits(text);
    int count = 0;
    while (count < most && sentences.next()) {
      count++;
    }
    return count;
  }

  @Override
  boolean next() {
    start = skipWhite(text, at, text.length());
    if (start == text.length()) {
      return false;
    }
    long running = Hash64.START;
    length = 0;
    boolean marked = false; // nothing but closers since an end mark
    int i = start;
    end = start;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      if (isWhite(c)) {
        int behind = skipWhite(text, i, text.length());
        if (marked || behind == text.length() || hasBlankLine(i, behind)) {
          break;
        }
        running = append(running, ' ');
        length++;
        i = behind;
        continue;
      }
      boolean follows = marked && (isMark(c) || CLOSERS.indexOf(c) >= 0);
      if (marked && !follows && WIDE_MARKS.indexOf(lastMark(i)) >= 0) {
        break;
      }
      marked = isMark(c) || follows;
      running = append(running, Character.toLowerCase(c));
      length++;
      i += Character.charCount(c);
      end = i;
    }
    at = end;
    hash = Hash64.mix(running);
    return true;
  }

  private static boolean isMark(int c) {
    if (c < 0x80) {
      return c == '.' || c == '?' || c == '!';
    }
    return MARKS.indexOf(c) >= 0 || WIDE_MARKS.indexOf(c) >= 0;
  }

  /** The end mark before {@code i}, over the closers between. */
  private char lastMark(int i) {
    int before = i - 1;
    while (CLOSERS.indexOf(text.charAt(before)) >= 0) {
      before--;
    }
    return text.charAt(before);
  }

  private boolean hasBlankLine(int from, int to) {
    int newlines = 0;
    for (int i = from; i < to; i++) {
      newlines += text.charAt(i) == '\n' ? 1 : 0;
    }
    return newlines > 1;
  }
}
