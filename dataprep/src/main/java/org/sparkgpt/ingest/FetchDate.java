package org.sparkgpt.ingest;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** When a web archive says that a page was fetched. */
final class FetchDate {
  /** ARC's dates, and those of the first WARC files; in UTC. */
  private static final DateTimeFormatter DIGITS = DateTimeFormatter.ofPattern("uuuuMMddHHmmss");

  private FetchDate() {}

  /**
   * Milliseconds since 1970 of 14 digits or of an ISO 8601 instant.
   *
   * @return null if there is no date, or none that can be read
   */
  static Long millis(String date) {
    if (date == null) {
      return null;
    }
    try {
      return (date.indexOf('-') < 0
              ? LocalDateTime.parse(date, DIGITS).toInstant(ZoneOffset.UTC)
              : Instant.parse(date))
          .toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }
}
