package org.sparkgpt.jobs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of a text is in another: both as bags of four words in a row, compared one by one. Words
 * are runs of letters and digits; each ideograph is a word.
 *
 * @param precision share of the extracted text's shingles that are expected
 * @param recall share of the expected text's shingles that were extracted
 */
record ShingleOverlap(double precision, double recall) {
  private static final int WORDS = 4;

  static ShingleOverlap of(String extracted, String expected) {
    Map<List<String>, Integer> found = shingles(extracted);
    Map<List<String>, Integer> wanted = shingles(expected);
    long common = 0;
    for (Map.Entry<List<String>, Integer> shingle : found.entrySet()) {
      common += Math.min(shingle.getValue(), wanted.getOrDefault(shingle.getKey(), 0));
    }
    return new ShingleOverlap(
        share(common, found, wanted.isEmpty()), share(common, wanted, found.isEmpty()));
  }

  double f1() {
    return f1(precision, recall);
  }

  static double f1(double precision, double recall) {
    return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
  }

  private static double share(long common, Map<List<String>, Integer> all, boolean otherIsEmpty) {
    if (all.isEmpty()) {
      return otherIsEmpty ? 1 : 0;
    }
    return (double) common / all.values().stream().mapToLong(Integer::longValue).sum();
  }

  /** A text of fewer than four words is one shingle. */
  private static Map<List<String>, Integer> shingles(String text) {
    List<String> words = words(text);
    Map<List<String>, Integer> shingles = new HashMap<>();
    int length = Math.min(WORDS, words.size());
    for (int i = 0; length > 0 && i + length <= words.size(); i++) {
      shingles.merge(words.subList(i, i + length), 1, Integer::sum);
    }
    return shingles;
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); ) {
      int c = i < text.length() ? text.codePointAt(i) : ' ';
      boolean ideograph = Character.isIdeographic(c);
      if (ideograph || !isWordCharacter(c)) {
        if (start < i) {
          words.add(text.substring(start, i));
        }
        start = i + Character.charCount(c);
      }
      if (ideograph) {
        words.add(Character.toString(c));
      }
      i += Character.charCount(c);
    }
    return words;
  }

  private static boolean isWordCharacter(int c) {
    int type = Character.getType(c);
    return Character.isLetterOrDigit(c)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }
}
