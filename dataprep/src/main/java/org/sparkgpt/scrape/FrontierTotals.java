package org.sparkgpt.scrape;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of a frontier without reading its tables: {@code _round.json}, written last.
 *
 * @param formatVersion {@link #FORMAT_VERSION}
 * @param round rounds that went into it, from 1
 * @param urls rows of the table of URLs
 * @param hosts rows of the table of hosts
 * @param unvisited URLs that were never visited, or are to be tried again
 * @param oldestVisit when that one of the kept pages was asked for that was left alone for longest,
 *     in ms since 1970; 0 if none is kept
 * @param visits of the whole crawl, retries and repeats included, by outcome
 * @param bytes of bodies, as sent
 * @param robots times that a host's robots.txt was asked for
 * @param outOfScope links and redirects that led out of scope, repeats included
 */
public record FrontierTotals(
    int formatVersion,
    int round,
    long urls,
    long hosts,
    long unvisited,
    long oldestVisit,
    SortedMap<String, Long> visits,
    long bytes,
    long robots,
    long outOfScope) {
  static final int FORMAT_VERSION = 1;
  static final String FILE = "_round.json";
  static final FrontierTotals NONE =
      new FrontierTotals(FORMAT_VERSION, 0, 0, 0, 0, 0, new TreeMap<>(), 0, 0, 0);

  public FrontierTotals {
    visits = new TreeMap<>(visits);
  }

  /** Visits of one outcome. */
  public long visits(Outcome outcome) {
    return visits.getOrDefault(outcome.toString(), 0L);
  }

  /** Visits of all outcomes. */
  public long allVisits() {
    return visits.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Visits that found a page unchanged, or the same as another. */
  public long revisits() {
    return visits(Outcome.NOT_MODIFIED) + visits(Outcome.DUPLICATE);
  }
}
