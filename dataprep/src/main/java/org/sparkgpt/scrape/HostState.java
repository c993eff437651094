package org.sparkgpt.scrape;

import java.io.Serializable;
import java.util.List;

/**
 * What is remembered of a host from one turn to the next. Times are milliseconds since 1970.
 *
 * @param host as {@link CrawlUrl#host} gives it
 * @param robots its robots.txt, cut at 500 KiB; null if there is none or none was got
 * @param robotsStatus HTTP status of the answer; 0 if it could not be reached or was never asked
 *     for
 * @param robotsFetched when robots.txt was asked for; 0: never
 * @param reservations its /.well-known/tdmrep.json; null if there is none
 * @param sitemaps that its robots.txt names, normalised
 * @param notBefore when the next request to it may begin
 */
public record HostState(
    String host,
    byte[] robots,
    int robotsStatus,
    long robotsFetched,
    byte[] reservations,
    List<String> sitemaps,
    long notBefore)
    implements Serializable {

  public HostState {
    sitemaps = List.copyOf(sitemaps);
  }

  /** A host that was never visited. */
  public static HostState unknown(String host) {
    return new HostState(host, null, 0, 0, null, List.of(), 0);
  }

  HostState withReservations(byte[] found) {
    return new HostState(host, robots, robotsStatus, robotsFetched, found, sitemaps, notBefore);
  }

  HostState notBefore(long time) {
    return new HostState(host, robots, robotsStatus, robotsFetched, reservations, sitemaps, time);
  }
}
