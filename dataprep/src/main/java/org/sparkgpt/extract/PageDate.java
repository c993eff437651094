package org.sparkgpt.extract;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates as pages write them, as ISO 8601. */
final class PageDate {
  private static final Pattern NUMERIC =
      Pattern.compile(
          "(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})"
              + "(?:[T ]\\s*(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,]\\d+)?)?\\s*(Z|[+-]\\d{2}:?\\d{2})?)?.*");

  private static final int LONGEST = 100;

  private PageDate() {}

  /** A date, or a date and time to the second with its offset if it has one; empty if unclear. */
  static Optional<String> iso(String written) {
    String text = written.strip();
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      Matcher numbers = NUMERIC.matcher(text);
      if (numbers.matches()) {
        return Optional.of(iso(numbers));
      }
      return Optional.of(
          OffsetDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
              .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String iso(Matcher numbers) {
    LocalDate date = LocalDate.of(number(numbers, 1), number(numbers, 2), number(numbers, 3));
    if (numbers.group(4) == null) {
      return date.toString();
    }
    LocalDateTime time = date.atTime(number(numbers, 4), number(numbers, 5), number(numbers, 6));
    String zone = numbers.group(7);
    return zone == null
        ? time.format(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
        : time.atOffset(ZoneOffset.of(zone)).format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
  }

  private static int number(Matcher numbers, int group) {
    return numbers.group(group) == null ? 0 : Integer.parseInt(numbers.group(group));
  }
}
