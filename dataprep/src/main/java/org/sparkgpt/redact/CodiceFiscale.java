package org.sparkgpt.redact;

/**
 * Italy's tax code of a person: six letters, year, month's letter, day, municipality, check letter
 * (decree of 23 December 1976). Codes with letters for digits, given where two persons' would be
 * equal, are not known here.
 */
final class CodiceFiscale {
  static final int LENGTH = 16;

  private static final String FORM = "LLLLLLddMddLdddL";
  private static final String MONTHS = "ABCDEHLMPRST";

  /** Values at odd places of A to Z; a digit's is that of its letter, 0 as A. */
  private static final int[] ODD = {
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23
  };

  private CodiceFiscale() {}

  static boolean isAt(String text, int start, int limit) {
    int end = start + LENGTH;
    if (end > limit || end < text.length() && Characters.isWord(text.charAt(end))) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(start + i);
      boolean fits =
          switch (FORM.charAt(i)) {
            case 'd' -> Characters.isDigit(c);
            case 'M' -> MONTHS.indexOf(c) >= 0;
            default -> c >= 'A' && c <= 'Z';
          };
      if (!fits) {
        return false;
      }
      int value = Characters.isDigit(c) ? c - '0' : c - 'A';
      sum += i == LENGTH - 1 ? 0 : i % 2 == 0 ? ODD[value] : value; // the first place is odd
    }
    return sum % 26 == text.charAt(end - 1) - 'A';
  }
}
