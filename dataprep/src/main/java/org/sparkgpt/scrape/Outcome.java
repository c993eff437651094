package org.sparkgpt.scrape;

import java.util.Locale;

/** What came of a visit: the reasons that a crawl counts. Printed in kebab case. */
public enum Outcome {
  /** A page; its exchange is kept. */
  FETCHED,
  /** The server says that it is what it was at the last visit. */
  NOT_MODIFIED,
  /** The payload is that of an earlier visit. */
  DUPLICATE,
  /** The page is elsewhere: at {@link Visit#redirect}. */
  REDIRECT,
  /** A sitemap was read. */
  SITEMAP,

  /** 404 or 410. */
  NOT_FOUND,
  /** Another 4xx. */
  REFUSED,
  /** 429. */
  RATE_LIMITED(true),
  /** 5xx. */
  SERVER_ERROR(true),
  /** The host asks to be left alone for longer than scrape.maxRetryMillis. */
  RETRY_AFTER_TOO_LONG,
  /** Another status that brings no page, such as 204 or 300. */
  NO_PAGE,

  /** robots.txt forbids it. */
  ROBOTS,
  /** robots.txt could not be got, which forbids everything for the time being. */
  ROBOTS_UNREACHABLE(true),
  /** robots.txt asks for more time between requests than scrape.maxCrawlDelayMillis. */
  CRAWL_DELAY,
  /** The page asks not to be indexed. */
  NO_INDEX,
  /** The site or the page reserves its use for text and data mining or AI. */
  OPT_OUT,

  /** The host has no public address. */
  PRIVATE_ADDRESS,
  /** The host has no address. */
  UNKNOWN_HOST(true),
  /** No connection, or it broke. */
  UNREACHABLE(true),
  /** No encrypted connection: most often a certificate that does not hold. */
  TLS,
  /** The host stopped answering, or the whole took too long. */
  TIMEOUT(true),
  /** The host failed several times in a row; this target was not tried. */
  HOST_FAILING(true),
  /** The answer is not HTTP. */
  BAD_RESPONSE,
  /** The body ended before its announced end. */
  CUT(true),
  /** The body is larger than scrape.maxBodyBytes, as sent or unpacked. */
  TOO_LARGE,
  /** Not one of scrape.mediaTypes. */
  MEDIA_TYPE,
  /** The body is packed in a way that is not known, or does not unpack. */
  CONTENT_CODING,
  /** A redirect to nowhere, to itself, or after more than scrape.maxRedirects others. */
  BAD_REDIRECT,
  /** Not a sitemap, though it was named as one. */
  BAD_SITEMAP;

  private final boolean passing;

  Outcome() {
    this(false);
  }

  Outcome(boolean passing) {
    this.passing = passing;
  }

  /** Whether it may come out otherwise some time later. */
  boolean isPassing() {
    return passing;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The outcome that {@link #toString} prints as {@code name}. */
  public static Outcome named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
