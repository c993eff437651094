package org.sparkgpt.redact;

import org.sparkgpt.redact.Context.Topic;

/**
 * Telephone numbers, with blanks, hyphens, dots, slashes and brackets between their groups:
 *
 * <ul>
 *   <li>international: + or 00, an assigned country code (ITU E.164), 9 to 15 digits
 *   <li>North American: 3, 3 and 4 digits, with a leading 1 or without, area code and exchange as
 *       the numbering plan allows; apart by blanks alone only behind a word such as "phone"
 *   <li>national with a leading 0 (most of Europe, Asia, Australia): 9 to 11 digits in at least two
 *       groups of two or more
 *   <li>7 to 15 digits of whatever form behind a word such as "tel" or "call"
 * </ul>
 *
 * Dates, sums that end in six zeros, and, as Dolma has it, numbers near "ISBN", "DOI" or {@code #}
 * (100 characters before) are none, these last unless a word such as "tel" says so.
 */
final class PhoneNumbers implements Recogniser {
  private static final int MOST_GROUPS = 8;
  private static final int MOST_DIGITS = 17; // 00 and fifteen

  /** Country codes of two digits; those of one are 1 and 7, all others have three. */
  private static final String TWO_DIGIT_CODES =
      " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64"
          + " 65 66 81 82 84 86 90 91 92 93 94 95 98 ";

  /** The first two digits of country codes that have three. */
  private static final String THREE_DIGIT_CODES =
      " 21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99 ";

  private final int[] digits = new int[MOST_DIGITS];
  private final int[] sizes = new int[MOST_GROUPS];
  private final int[] ends = new int[MOST_GROUPS]; // in the text, a closing bracket included
  private final char[] separators = new char[MOST_GROUPS]; // before each group; ) counts as blank
  private final boolean[] closed = new boolean[MOST_GROUPS]; // no bracket is open behind it
  private int groups;
  private boolean bracket;
  private int outer; // group at whose end the bracket closes that opened before the first

  @Override
  public int end(String text, int start, int limit, Context context) {
    char first = text.charAt(start);
    boolean plus = first == '+';
    if (!plus && first != '(' && !Characters.isDigit(first)
        || !Characters.beginsNumber(text, start)) {
      return NONE;
    }
    read(text, plus ? start + 1 : start, limit);
    boolean told = context.tells(Topic.PHONE, start);
    if (!told && context.tells(Topic.CATALOGUE, start)) {
      return NONE;
    }
    int count = 0;
    for (int g = 0; g < groups; g++) {
      count += sizes[g];
    }
    for (int used = groups; used > 0; used--) {
      if (closed[used - 1]
          && outer != used - 1 // a number in brackets is tried again behind the first
          && (plus ? isInternational(count, used) : isPhone(count, used, told))
          && ends(text, ends[used - 1], used, plus)) {
        return ends[used - 1];
      }
      count -= sizes[used - 1];
    }
    return NONE;
  }

  private void read(String text, int start, int limit) {
    groups = 0;
    bracket = false;
    outer = NONE;
    boolean whole = start < limit && text.charAt(start) == '(';
    boolean open = false;
    int count = 0;
    int i = start;
    while (groups < MOST_GROUPS) {
      char separator = 0;
      int brackets = 0; // between two groups at most one closes and one opens
      while (i < limit && !Characters.isDigit(text.charAt(i))) {
        char c = text.charAt(i);
        char plain = Characters.separator(c);
        if (brackets < 2 && (c == '(' && !open || c == ')' && open)) {
          open = c == '(';
          brackets++;
        } else if (plain == 0 || separator != 0 || groups == 0) {
          return;
        } else {
          separator = plain;
        }
        i++;
      }
      int from = i;
      while (i < limit && count < MOST_DIGITS && Characters.isDigit(text.charAt(i))) {
        digits[count++] = text.charAt(i++) - '0';
      }
      if (i == from || i < limit && Characters.isDigit(text.charAt(i))) {
        return; // no digits, or more than a number has
      }
      boolean closes = open && i < limit && text.charAt(i) == ')';
      if (closes && whole && outer == NONE) {
        outer = groups;
      }
      add(i - from, closes ? i + 1 : i, separator == 0 ? ' ' : separator, open, closes);
    }
  }

  private void add(int size, int end, char separator, boolean open, boolean closes) {
    bracket |= open;
    sizes[groups] = size;
    ends[groups] = end;
    separators[groups] = separator;
    closed[groups++] = !open || closes;
  }

  private boolean ends(String text, int end, int used, boolean plus) {
    boolean blanks = !plus && used > 1 && !bracket && !has('-', used) && !has('.', used);
    boolean goesOn =
        blanks
            && end + 1 < text.length()
            && Characters.separator(text.charAt(end)) == ' '
            && Characters.isDigit(text.charAt(end + 1));
    return !goesOn && Characters.endsNumber(text, end);
  }

  private boolean isInternational(int count, int used) {
    int code = codeLength(0);
    return code > 0
        && count >= 9
        && count <= 15
        && sizes[0] >= code
        && sizes[used - 1] >= 2
        && (digits[0] != 1 || count == 11 && isNorthAmerican(1))
        && !isRound(count);
  }

  private boolean isPhone(int count, int used, boolean told) {
    if (isRound(count) || isDate(count, used)) {
      return false;
    }
    boolean dots = has('.', used);
    if (dots && (used == 2 || has(' ', used) || has('-', used))) {
      return false; // decimals, clauses
    }
    if (told && count >= 7 && count <= 15) {
      return true;
    }
    if (count == 10 && used == 3 && sizes[0] == 3 && sizes[1] == 3) {
      return isNorthAmerican(0) && isSpelt(0, used);
    }
    if (count == 11 && used == 4 && sizes[0] == 1 && sizes[1] == 3 && sizes[2] == 3) {
      return digits[0] == 1 && isNorthAmerican(1) && isSpelt(1, used);
    }
    if (digits[0] != 0 || used < 2) {
      return false;
    }
    return digits[1] == 0
        ? !dots && isPrefixed(count, used)
        : count >= 9 && count <= 11 && isNational(used, dots);
  }

  private boolean has(char separator, int used) {
    for (int g = 1; g < used; g++) {
      if (separators[g] == separator) {
        return true;
      }
    }
    return false;
  }

  /** Apart by more than blanks, and a slash only behind the area code. */
  private boolean isSpelt(int area, int used) {
    return (bracket || has('-', used) || has('.', used) || has('/', used))
        && separators[area + 2] != '/';
  }

  /** 00, a country code and no 0 behind it; groups of one size only are tables of codes. */
  private boolean isPrefixed(int count, int used) {
    int code = codeLength(2);
    if (code == 0 || count < 11 || sizes[0] != 2 && sizes[0] < 2 + code) {
      return false;
    }
    boolean alike = true;
    for (int g = 1; g < used; g++) {
      alike &= sizes[g] == sizes[0];
    }
    boolean dialled = code == 1 ? count == 13 && isNorthAmerican(3) : digits[2 + code] != 0;
    return !alike && dialled;
  }

  private boolean isNational(int used, boolean dots) {
    boolean pairs = true;
    int zeros = 0; // groups that begin with one
    int at = 0;
    for (int g = 0; g < used; g++) {
      boolean same = g < 3 || separators[g] == separators[2];
      if (sizes[g] < 2 || !same || g > 1 && separators[g] == '/') {
        return false;
      }
      pairs &= sizes[g] == 2;
      zeros += digits[at] == 0 ? 1 : 0;
      at += sizes[g];
    }
    boolean bytes = pairs && zeros > 3;
    boolean socialSecurity = used == 3 && sizes[0] == 3 && sizes[1] == 2 && sizes[2] == 4;
    boolean zip = used == 2 && sizes[0] == 5 && sizes[1] == 4 && separators[1] == '-';
    return (!dots || pairs) && !bytes && !socialSecurity && !zip;
  }

  /** Area code and exchange begin with 2 to 9 and do not end in 11; area codes have no middle 9. */
  private boolean isNorthAmerican(int from) {
    return digits[from] >= 2
        && digits[from + 1] != 9
        && !(digits[from + 1] == 1 && digits[from + 2] == 1)
        && digits[from + 3] >= 2
        && !(digits[from + 4] == 1 && digits[from + 5] == 1);
  }

  /** Length of the country code at {@code from}; 0 if none is assigned. */
  private int codeLength(int from) {
    if (digits[from] == 1 || digits[from] == 7) {
      return 1;
    }
    String two = " " + digits[from] + digits[from + 1] + " ";
    if (TWO_DIGIT_CODES.contains(two)) {
      return 2;
    }
    return THREE_DIGIT_CODES.contains(two) ? 3 : 0;
  }

  private boolean isRound(int count) {
    for (int d = Math.max(0, count - 6); d < count; d++) {
      if (digits[d] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Day, month and year in some order, apart or not, or two years; whatever follows. */
  private boolean isDate(int count, int used) {
    if (used >= 3 && sizes[0] <= 2 && sizes[1] <= 2 && sizes[2] == 4) {
      return isYear(sizes[0] + sizes[1]);
    }
    if (used >= 3 && sizes[0] == 4 && sizes[1] <= 2 && sizes[2] <= 2) {
      return isYear(0);
    }
    if (used == 1 && count == 8) {
      return isYear(0) && digits[4] <= 1 && digits[6] <= 3;
    }
    return used == 2 && sizes[0] == 4 && sizes[1] == 4 && isYear(0) && isYear(4);
  }

  private boolean isYear(int from) {
    int century = 10 * digits[from] + digits[from + 1];
    return century >= 15 && century <= 21;
  }
}
