package org.sparkgpt.clean;

import java.util.Locale;
import java.util.Set;

/**
 * Counts sentences: a sentence ends at {@code .}, {@code ?} or {@code !}, closing quotes and
 * brackets behind them included, where white space follows and then no small letter. A single full
 * stop behind one letter or a common English abbreviation ends none. NLTK's Punkt, which C4's code
 * and datatrove use, knows some 150 abbreviations and which words begin sentences: counts agree for
 * most lines, not for all.
 */
final class Sentences {
  private static final Set<String> ABBREVIATIONS =
      Set.of(
          "mr", "mrs", "ms", "dr", "prof", "rev", "gen", "sen", "rep", "st", "jr", "sr", "vs",
          "etc", "e.g", "i.e", "fig", "no", "vol", "pp", "inc", "ltd", "co", "corp", "dept", "est",
          "jan", "feb", "mar", "apr", "aug", "sept", "sep", "oct", "nov", "dec");

  private static final int LONGEST_ABBREVIATION = 4;
  private static final String CLOSING = "\"')]}”’»";

  private Sentences() {}

  /** Of {@code text[start, end)}; at least one if that holds anything but white space. */
  static int count(CharSequence text, int start, int end) {
    int last = Characters.trimWhite(text, start, end);
    int first = Characters.skipWhite(text, start, last);
    int count = first < last ? 1 : 0;
    for (int i = first; i < last; i++) {
      if (isMark(text.charAt(i))) {
        int behind = i + 1;
        while (behind < last && isMarkOrClosing(text.charAt(behind))) {
          behind++;
        }
        int next = Characters.skipWhite(text, behind, last);
        boolean stop = behind == i + 1 && text.charAt(i) == '.';
        if (next > behind
            && !Character.isLowerCase(text.charAt(next))
            && !(stop && isAbbreviation(text, first, i))) {
          count++;
        }
        i = behind - 1;
      }
    }
    return count;
  }

  private static boolean isMark(char c) {
    return c == '.' || c == '?' || c == '!';
  }

  private static boolean isMarkOrClosing(char c) {
    return isMark(c) || CLOSING.indexOf(c) >= 0;
  }

  private static boolean isAbbreviation(CharSequence text, int start, int end) {
    int from = end;
    while (from > start
        && end - from <= LONGEST_ABBREVIATION
        && (Character.isLetter(text.charAt(from - 1)) || text.charAt(from - 1) == '.')) {
      from--;
    }
    int length = end - from;
    return length == 1
        || length > 1
            && length <= LONGEST_ABBREVIATION
            && ABBREVIATIONS.contains(
                text.subSequence(from, end).toString().toLowerCase(Locale.ROOT));
  }
}
