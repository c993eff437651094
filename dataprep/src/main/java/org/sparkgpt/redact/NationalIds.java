package org.sparkgpt.redact;

import java.util.function.Predicate;
import org.sparkgpt.redact.Context.Topic;

/**
 * Numbers that states give to persons and that carry a check digit. Those whose form is their own
 * are taken anywhere; plain digits, which pass a one-digit check by chance one time in ten, only
 * behind a word that names them.
 *
 * <table>
 *   <caption>What is known</caption>
 *   <tr><th>state<th>number<th>anywhere<th>behind its name
 *   <tr><td>Italy<td>codice fiscale<td>RSSMRA85T10A562S<td>
 *   <tr><td>Finland<td>henkilötunnus<td>131052-308T<td>
 *   <tr><td>Sweden<td>personnummer<td>811218-9876, 19811218-9876<td>plain
 *   <tr><td>Brazil<td>CPF<td>111.444.777-35<td>plain
 *   <tr><td>Belgium<td>rijksregisternummer<td>85.07.30-033.28<td>plain
 *   <tr><td>France<td>NIR<td>2 55 08 14 168 025 38<td>plain
 *   <tr><td>Spain<td>DNI, NIE<td><td>12345678Z, X1234567L, with hyphens too
 *   <tr><td>Germany<td>Steuer-ID<td><td>86095742719, 86 095 742 719
 *   <tr><td>Netherlands<td>BSN<td><td>111222333, 1112.22.333
 *   <tr><td>Poland<td>PESEL<td><td>44051401359
 * </table>
 *
 * The social security number of the United States has no check digit and is not searched for.
 */
final class NationalIds implements Recogniser {
  private static final int MOST_DIGITS = 16;

  private final int[] digits = new int[MOST_DIGITS];
  private int count;

  @Override
  public int end(String text, int start, int limit, Context context) {
    if (!Characters.beginsNumber(text, start)) {
      return NONE;
    }
    char first = text.charAt(start);
    if (Characters.isDigit(first)) {
      int formatted = formatted(text, start, limit);
      return formatted == NONE ? plain(text, start, limit, context) : formatted;
    }
    if (first >= 'X' && first <= 'Z' && context.tells(Topic.DNI, start)) {
      return nie(text, start, limit);
    }
    return first >= 'A' && first <= 'Z' && CodiceFiscale.isAt(text, start, limit)
        ? start + CodiceFiscale.LENGTH
        : NONE;
  }

  private int formatted(String text, int start, int limit) {
    if (start + 11 > limit) {
      return NONE;
    }
    char third = text.charAt(start + 2);
    char fourth = text.charAt(start + 3);
    if (fourth == '.') {
      return take(text, start, limit, "ddd.ddd.ddd-dd", Checks::isCpf);
    }
    if (third == '.') {
      return take(text, start, limit, "dd.dd.dd-ddd.dd", Checks::isBelgian);
    }
    if (!Characters.isDigit(text.charAt(start + 1))) {
      return take(text, start, limit, "d dd dd cd ddd ddd dd", Checks::isNir);
    }
    if (!Characters.isDigit(third) || !Characters.isDigit(fourth)) {
      return NONE;
    }
    if (Checks.isFinnish(text, start, limit)) {
      return start + Checks.FINNISH_LENGTH;
    }
    int swedish = take(text, start, limit, "dddddd-dddd", d -> Checks.isSwedish(d, 0));
    return swedish == NONE
        ? take(text, start, limit, "dddddddd-dddd", d -> Checks.isSwedish(d, 2))
        : swedish;
  }

  private int plain(String text, int start, int limit, Context context) {
    if (context.tells(Topic.DNI, start)) {
      return dni(text, start, limit, 0, 8);
    }
    if (context.tells(Topic.CPF, start)) {
      return take(text, start, limit, "ddddddddddd", Checks::isCpf);
    }
    if (context.tells(Topic.PESEL, start)) {
      return take(text, start, limit, "ddddddddddd", Checks::isPesel);
    }
    if (context.tells(Topic.RIJKSREGISTER, start)) {
      return take(text, start, limit, "ddddddddddd", Checks::isBelgian);
    }
    if (context.tells(Topic.NIR, start)) {
      return take(text, start, limit, "ddddddcdddddddd", Checks::isNir);
    }
    if (context.tells(Topic.STEUER_ID, start)) {
      int end = take(text, start, limit, "ddddddddddd", Checks::isSteuerId);
      return end == NONE ? take(text, start, limit, "dd ddd ddd ddd", Checks::isSteuerId) : end;
    }
    if (context.tells(Topic.BSN, start)) {
      int end = take(text, start, limit, "ddddddddd", Checks::isBsn);
      return end == NONE ? take(text, start, limit, "dddd.dd.ddd", Checks::isBsn) : end;
    }
    if (context.tells(Topic.PERSONNUMMER, start)) {
      int end = take(text, start, limit, "dddddddddd", d -> Checks.isSwedish(d, 0));
      return end == NONE
          ? take(text, start, limit, "dddddddddddd", d -> Checks.isSwedish(d, 2))
          : end;
    }
    return NONE;
  }

  private static int nie(String text, int start, int limit) {
    int i = start + 1;
    if (i < limit && Characters.separator(text.charAt(i)) == '-') {
      i++;
    }
    return dni(text, i, limit, text.charAt(start) - 'X', 7);
  }

  /** Digits and a letter, with a hyphen before it or without. */
  private static int dni(String text, int from, int limit, int lead, int length) {
    int number = lead;
    int i = from;
    while (i < limit && i < from + length && Characters.isDigit(text.charAt(i))) {
      number = 10 * number + text.charAt(i++) - '0';
    }
    if (i < from + length) {
      return NONE;
    }
    if (i < limit && Characters.separator(text.charAt(i)) == '-') {
      i++;
    }
    boolean valid =
        i < limit
            && Checks.DNI_LETTERS.charAt(number % 23) == text.charAt(i)
            && Characters.endsNumber(text, i + 1);
    return valid ? i + 1 : NONE;
  }

  /** Reads a form: d is a digit; c a digit, or the letter of a Corsican département. */
  private int take(String text, int start, int limit, String form, Predicate<int[]> check) {
    count = 0;
    if (start + form.length() > limit) {
      return NONE;
    }
    for (int i = 0; i < form.length(); i++) {
      char c = text.charAt(start + i);
      boolean fits =
          switch (form.charAt(i)) {
            case 'd' -> Characters.isDigit(c) && append(c - '0');
            case 'c' -> Characters.isDigit(c) ? append(c - '0') : corsican(c);
            default -> form.charAt(i) == Characters.separator(c);
          };
      if (!fits) {
        return NONE;
      }
    }
    int end = start + form.length();
    return Characters.endsNumber(text, end) && check.test(digits) ? end : NONE;
  }

  private boolean append(int digit) {
    digits[count++] = digit;
    return true;
  }

  /** 2A counts as 19, 2B as 18. */
  private boolean corsican(char c) {
    if (c != 'A' && c != 'B' || digits[count - 1] != 2) {
      return false;
    }
    digits[count - 1] = 1;
    return append(c == 'A' ? 9 : 8);
  }
}
