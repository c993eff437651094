package org.sparkgpt.redact;

import java.util.HashMap;
import java.util.Map;

/**
 * International bank account numbers: capitals, in one piece or in groups of four with single
 * blanks or hyphens; of the length of their country in SWIFT's IBAN registry; with the check number
 * of ISO 7064 (mod 97 = 1).
 */
final class Ibans implements Recogniser {
  private static final String LENGTHS =
      """
      AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27
      DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28
      IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22
      MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24
      SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
      """;

  private static final Map<Integer, Integer> LENGTH_BY_COUNTRY = new HashMap<>();

  static {
    for (String entry : LENGTHS.split("\\s+")) {
      LENGTH_BY_COUNTRY.put(
          country(entry.charAt(0), entry.charAt(1)), Integer.valueOf(entry.substring(2)));
    }
  }

  private static int country(char first, char second) {
    return (first - 'A') * 26 + second - 'A';
  }

  @Override
  public int end(String text, int start, int limit, Context context) {
    if (start + 4 > limit
        || !isCapital(text.charAt(start))
        || !isCapital(text.charAt(start + 1))
        || !Characters.isDigit(text.charAt(start + 2))
        || !Characters.isDigit(text.charAt(start + 3))) {
      return NONE;
    }
    Integer length = LENGTH_BY_COUNTRY.get(country(text.charAt(start), text.charAt(start + 1)));
    return length == null ? NONE : end(text, start, limit, length.intValue());
  }

  private static int end(String text, int start, int limit, int length) {
    int rest = 0; // of the number that the characters behind the first four stand for, mod 97
    int head = 0; // of the first four
    int count = 0;
    int i = start;
    boolean grouped = i + 4 < limit && isSeparator(text.charAt(i + 4));
    while (count < length) {
      if (grouped && count > 0 && count % 4 == 0) {
        if (i >= limit || !isSeparator(text.charAt(i))) {
          return NONE;
        }
        i++;
      }
      char c = i < limit ? text.charAt(i) : 0;
      if (!isCapital(c) && !Characters.isDigit(c)) {
        return NONE;
      }
      if (count < 4) {
        head = append(head, c);
      } else {
        rest = append(rest, c);
      }
      count++;
      i++;
    }
    // The first four move to the end: two letters are four digits, with the two check digits six.
    boolean valid = (rest * (1_000_000 % 97) + head) % 97 == 1;
    return valid && (i == text.length() || !Characters.isWord(text.charAt(i))) ? i : NONE;
  }

  private static int append(int remainder, char c) {
    return Characters.isDigit(c)
        ? (remainder * 10 + c - '0') % 97
        : (remainder * 100 + c - 'A' + 10) % 97;
  }

  private static boolean isSeparator(char c) {
    char separator = Characters.separator(c);
    return separator == ' ' || separator == '-';
  }

  private static boolean isCapital(char c) {
    return c >= 'A' && c <= 'Z';
  }
}
