package org.sparkgpt.scrape;

import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.OptionalLong;

/** How long to wait before asking again. */
final class RetryDelay {
  private final ScrapeConfig config;

  RetryDelay(ScrapeConfig config) {
    this.config = config;
  }

  /**
   * Milliseconds after the n-th failure: {@code retryMillis 2^(n-1)}, at most maxRetryMillis.
   *
   * @param attempts n, from 1
   */
  long after(int attempts) {
    int doublings = Math.min(attempts - 1, Long.numberOfLeadingZeros(config.retryMillis()) - 1);
    return Math.min(config.retryMillis() << doublings, config.maxRetryMillis());
  }

  /**
   * Milliseconds that a Retry-After asks for (RFC 9110, 10.2.3: seconds, or a date); empty if it
   * cannot be read.
   *
   * @param now milliseconds since 1970
   */
  static OptionalLong asked(String retryAfter, long now) {
    if (retryAfter.matches("\\d{1,15}")) {
      return OptionalLong.of(Long.parseLong(retryAfter) * 1000);
    }
    try {
      ZonedDateTime until = ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME);
      return OptionalLong.of(Math.max(0, until.toInstant().toEpochMilli() - now));
    } catch (DateTimeException | ArithmeticException e) {
      return OptionalLong.empty();
    }
  }
}
