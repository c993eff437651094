package org.sparkgpt.scrape;

import java.util.Optional;

/** URLs as the crawl's keys. */
public final class CrawlUrl {
  private CrawlUrl() {}

  /** The URL in its normal form; empty if it is none that can be crawled. */
  public static Optional<String> normalize(String url) {
    return Optional.of(url);
  }

  /** {@code scheme://host}, with the port if it is not the scheme's own, of a normalised URL. */
  public static String host(String url) {
    int path = url.indexOf('/', url.indexOf("://") + 3);
    return path < 0 ? url : url.substring(0, path);
  }
}
