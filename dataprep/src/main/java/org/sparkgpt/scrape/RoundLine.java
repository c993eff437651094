package org.sparkgpt.scrape;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The line about a round in the log.
 *
 * @param due URLs that were selected
 * @param hosts that they lie on
 * @param before totals at its beginning
 * @param after totals at its end
 */
record RoundLine(
    int round,
    long due,
    long hosts,
    FrontierTotals before,
    FrontierTotals after,
    Instant start,
    Instant end) {

  long visits() {
    return after.allVisits() - before.allVisits();
  }

  @Override
  public String toString() {
    double seconds = Math.max(0.001, Duration.between(start, end).toMillis() / 1000.0);
    double rate = visits() / seconds;
    return String.format(
        Locale.ROOT,
        "scrape: round=%d due=%,d visits=%,d (%s) hosts=%,d visits/s=%.1f MB=%.1f urls=%,d left=%,d"
            + " seconds left=%s",
        round,
        due,
        visits(),
        outcomes(),
        hosts,
        rate,
        (after.bytes() - before.bytes()) / 1e6,
        after.urls(),
        after.unvisited(),
        visits() == 0 ? "unknown" : String.format(Locale.ROOT, "%,.0f", after.unvisited() / rate));
  }

  private String outcomes() {
    return after.visits().entrySet().stream()
        .map(
            e -> Map.entry(e.getKey(), e.getValue() - before.visits().getOrDefault(e.getKey(), 0L)))
        .filter(e -> e.getValue() > 0)
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .map(e -> e.getKey() + " " + e.getValue())
        .collect(Collectors.joining(", "));
  }
}
