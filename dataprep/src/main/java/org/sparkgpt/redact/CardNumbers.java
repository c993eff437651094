package org.sparkgpt.redact;

/**
 * Payment cards: 14 to 19 digits in one piece, or grouped with blanks or hyphens as they are
 * printed on cards; an issuer's prefix with a length it uses; and Luhn's check digit. Visa's old 13
 * digits count only when grouped, since the barcodes of books and goods are 13 digits too.
 */
final class CardNumbers implements Recogniser {
  private static final int[][] GROUPS = {
    {4, 4, 4, 4, 3}, {4, 4, 4, 4, 2}, {4, 4, 4, 4}, {4, 6, 5}, {4, 6, 4}, {4, 3, 3, 3}
  };

  private final int[] digits = new int[19];

  @Override
  public int end(String text, int start, int limit, Context context) {
    if (!Characters.isDigit(text.charAt(start)) || !Characters.beginsNumber(text, start)) {
      return NONE;
    }
    int i = start;
    int count = 0;
    while (i < limit && count <= digits.length && Characters.isDigit(text.charAt(i))) {
      if (count < digits.length) {
        digits[count] = text.charAt(i) - '0';
      }
      count++;
      i++;
    }
    if (count >= 14 && count <= digits.length) {
      return Characters.endsNumber(text, i) && isCard(count) ? i : NONE;
    }
    return count == 4 && !isInRow(text, start) ? grouped(text, start, limit) : NONE;
  }

  /** Whether another group of four stands before: a table or a key, not a card. */
  private static boolean isInRow(String text, int start) {
    return start >= 5
        && Characters.separator(text.charAt(start - 1)) == ' '
        && isGroup(text, start - 5)
        && (start == 5 || !Characters.isWord(text.charAt(start - 6)));
  }

  private int grouped(String text, int start, int limit) {
    for (int[] groups : GROUPS) {
      int end = match(text, start, limit, groups);
      if (end != NONE) {
        return end;
      }
    }
    return NONE;
  }

  private int match(String text, int start, int limit, int[] groups) {
    int i = start;
    int count = 0;
    char separator = 0;
    for (int g = 0; g < groups.length; g++) {
      if (g > 0) {
        char found = i < limit ? Characters.separator(text.charAt(i)) : 0;
        if (found != ' ' && found != '-' || separator != 0 && found != separator) {
          return NONE;
        }
        separator = found;
        i++;
      }
      for (int d = 0; d < groups[g]; d++) {
        if (i >= limit || !Characters.isDigit(text.charAt(i))) {
          return NONE;
        }
        digits[count++] = text.charAt(i++) - '0';
      }
    }
    boolean goesOn = separator == ' ' && isGroupOfFour(text, i);
    return !goesOn && Characters.endsNumber(text, i) && isCard(count) ? i : NONE;
  }

  private static boolean isGroupOfFour(String text, int at) {
    return at + 5 <= text.length()
        && Characters.separator(text.charAt(at)) == ' '
        && isGroup(text, at + 1)
        && (at + 5 == text.length() || !Characters.isWord(text.charAt(at + 5)));
  }

  /** Four digits, decimal or hexadecimal. */
  private static boolean isGroup(String text, int from) {
    for (int i = from; i < from + 4; i++) {
      char c = text.charAt(i);
      if (!Characters.isDigit(c) && (c < 'A' || c > 'F')) {
        return false;
      }
    }
    return true;
  }

  private boolean isCard(int count) {
    return isIssued(count) && isLuhn(digits, 0, count);
  }

  /** Whether an issuer has such a prefix at such a length (ISO/IEC 7812 ranges as published). */
  private boolean isIssued(int count) {
    int two = 10 * digits[0] + digits[1];
    int three = 10 * two + digits[2];
    int four = 10 * three + digits[3];
    if (digits[0] == 4) {
      return count == 13 || count == 16 || count == 19; // Visa
    }
    if (two >= 51 && two <= 55 || four >= 2221 && four <= 2720) {
      return count == 16; // Mastercard
    }
    if (two == 34 || two == 37) {
      return count == 15; // American Express
    }
    if (three >= 300 && three <= 305 || two == 36 || two == 38 || two == 39) {
      return count == 14; // Diners Club
    }
    if (four >= 3528 && four <= 3589) {
      return count == 16; // JCB
    }
    boolean discover = four == 6011 || three >= 644 && three <= 649 || two == 65;
    boolean maestro =
        switch (four) {
          case 5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763 -> true;
          default -> false;
        };
    return (discover || maestro || two == 62) && count >= 16; // 62: UnionPay
  }

  /** Luhn's check (ISO/IEC 7812-1, annex B): every second digit from the right doubled. */
  static boolean isLuhn(int[] digits, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i++) {
      int doubled = (to - i) % 2 == 0 ? 2 * digits[i] : digits[i];
      sum += doubled > 9 ? doubled - 9 : doubled;
    }
    return sum % 10 == 0;
  }
}
