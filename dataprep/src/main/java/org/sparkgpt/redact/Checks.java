package org.sparkgpt.redact;

/**
 * Check digits of national numbers, as their states publish them. Digits most significant first.
 */
final class Checks {
  /** The letter of a Spanish DNI by the remainder of 23. */
  static final String DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";

  static final int FINNISH_LENGTH = 11;

  private static final String FINNISH_CENTURIES = "+-ABCDEFUVWXY";
  private static final String FINNISH_CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY";
  private static final int[] PESEL_WEIGHTS = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};

  private Checks() {}

  /** Brazil: eleven digits, the last two check the others; not all the same. */
  static boolean isCpf(int[] d) {
    boolean same = true;
    for (int i = 1; i < 11; i++) {
      same &= d[i] == d[0];
    }
    return !same && cpf(d, 9) == d[9] && cpf(d, 10) == d[10];
  }

  private static int cpf(int[] d, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (length + 1 - i) * d[i];
    }
    return sum * 10 % 11 % 10;
  }

  /**
   * Belgium: birth date, serial, 97 minus the rest of 97; a 2 in front for who is born in 2000+.
   */
  static boolean isBelgian(int[] d) {
    int month = number(d, 2, 4) % 20; // 20 or 40 more in numbers of non-residents
    int day = number(d, 4, 6);
    long birth = number(d, 0, 9);
    int check = number(d, 9, 11);
    boolean checks = 97 - birth % 97 == check || 97 - (2_000_000_000L + birth) % 97 == check;
    return month <= 12 && day <= 31 && checks;
  }

  /** France: sex, year, month, département, commune, serial, 97 minus the rest of 97. */
  static boolean isNir(int[] d) {
    int month = number(d, 3, 5);
    boolean formed = (d[0] == 1 || d[0] == 2) && month > 0 && (month <= 12 || month >= 20);
    long person = number(d, 0, 7) * 1_000_000L + number(d, 7, 13);
    return formed && 97 - person % 97 == number(d, 13, 15);
  }

  /** Sweden: yymmdd (day plus 60 for coordination numbers), serial, Luhn over all ten. */
  static boolean isSwedish(int[] d, int from) {
    int day = number(d, from + 4, from + 6);
    return isDate(day > 60 ? day - 60 : day, number(d, from + 2, from + 4))
        && CardNumbers.isLuhn(d, from, from + 10);
  }

  /** Finland: ddmmyy, century, serial, a character for the remainder of 31. */
  static boolean isFinnish(String text, int start, int limit) {
    int end = start + FINNISH_LENGTH;
    if (end > limit
        || FINNISH_CENTURIES.indexOf(text.charAt(start + 6)) < 0
        || !Characters.endsNumber(text, end)) {
      return false;
    }
    int number = 0;
    for (int i = 0; i < 10; i++) {
      char c = text.charAt(start + i);
      if (i != 6 && !Characters.isDigit(c)) {
        return false;
      }
      number = i == 6 ? number : 10 * number + c - '0';
    }
    return isDate(number / 10_000_000, number / 100_000 % 100)
        && FINNISH_CHECKS.charAt(number % 31) == text.charAt(start + 10);
  }

  /** Germany: among the first ten digits one occurs two or three times; ISO 7064 mod 11, 10. */
  static boolean isSteuerId(int[] d) {
    int[] occurrences = new int[10];
    int product = 10;
    for (int i = 0; i < 10; i++) {
      occurrences[d[i]]++;
      int sum = (d[i] + product) % 10;
      product = 2 * (sum == 0 ? 10 : sum) % 11;
    }
    int repeated = 0;
    for (int times : occurrences) {
      repeated += times > 1 ? 1 : 0;
      if (times > 3) {
        return false;
      }
    }
    return d[0] != 0 && repeated == 1 && (11 - product) % 10 == d[10];
  }

  /** Netherlands: nine digits weighted 9 to 2 and -1 are a multiple of 11. */
  static boolean isBsn(int[] d) {
    int sum = -d[8];
    for (int i = 0; i < 8; i++) {
      sum += (9 - i) * d[i];
    }
    return sum % 11 == 0 && number(d, 0, 9) != 0;
  }

  /** Poland: yymmdd (month plus 20, 40 ... by century), serial, weighted sum. */
  static boolean isPesel(int[] d) {
    int sum = 0;
    for (int i = 0; i < 10; i++) {
      sum += PESEL_WEIGHTS[i] * d[i];
    }
    return isDate(number(d, 4, 6), number(d, 2, 4) % 20) && (10 - sum % 10) % 10 == d[10];
  }

  private static boolean isDate(int day, int month) {
    return day >= 1 && day <= 31 && month >= 1 && month <= 12;
  }

  private static int number(int[] d, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = 10 * number + d[i];
    }
    return number;
  }
}
