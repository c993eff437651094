package org.sparkgpt.scrape;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What is crawled, how politely, and what one page may cost.
 *
 * @param seeds URLs, or files with a URL on each line
 * @param sitemaps URLs of sitemaps, whose pages count as seeds
 * @param robotsSitemaps also read the sitemaps that a host's robots.txt names
 * @param userAgent sent with every request, such as {@code "acmebot/1.0 (+https://acme.org/bot)"}:
 *     a name, which robots.txt is read for, and a URL or e-mail address where a site's owner
 *     reaches you; null until something is scraped
 * @param scope how far from the seeds links are followed
 * @param allow URLs to which links are followed; empty: all. In a pattern {@code *} stands for any
 *     characters, everything else for itself, and it must fit the whole URL
 * @param deny URLs to which links are not followed; patterns as in allow
 * @param maxDepth links followed from a seed
 * @param maxPages of the whole crawl
 * @param maxPagesPerHost of each host
 * @param delayMillis between the end of a request and the beginning of the next one to the same
 *     host; robots.txt can only lengthen it
 * @param maxCrawlDelayMillis a host whose robots.txt asks for a longer delay is left out
 * @param connections hosts that one task visits at a time
 * @param connectMillis longest wait for a connection
 * @param readMillis longest wait for the next bytes
 * @param totalMillis longest time for a whole answer
 * @param maxHeaderBytes of an answer
 * @param maxBodyBytes of a page, as sent and unpacked; larger ones are not kept
 * @param maxRedirects in a row
 * @param retries after failures that may pass: 429, 5xx, no connection, no answer
 * @param retryMillis before the first retry; doubles with each one
 * @param maxRetryMillis bound on that, and the longest Retry-After that is waited for
 * @param mediaTypes that are kept
 * @param optOutAgents robots.txt and robots meta tags are also obeyed where they name these
 * @param respectAiOptOut leave out what says noai or reserves text and data mining
 * @param allowPrivateAddresses fetch from loopback, private and other addresses that are not public
 * @param revisitHours after which a page is asked for again; null: never
 * @param roundSeconds longest time for which hosts are visited before the links found are followed
 */
public record ScrapeConfig(
    List<String> seeds,
    List<String> sitemaps,
    boolean robotsSitemaps,
    String userAgent,
    Reach scope,
    List<String> allow,
    List<String> deny,
    int maxDepth,
    long maxPages,
    long maxPagesPerHost,
    long delayMillis,
    long maxCrawlDelayMillis,
    int connections,
    int connectMillis,
    int readMillis,
    int totalMillis,
    int maxHeaderBytes,
    int maxBodyBytes,
    int maxRedirects,
    int retries,
    long retryMillis,
    long maxRetryMillis,
    List<String> mediaTypes,
    List<String> optOutAgents,
    boolean respectAiOptOut,
    boolean allowPrivateAddresses,
    Integer revisitHours,
    int roundSeconds)
    implements Serializable {

  /** A product token as RFC 9309 has it, then a way to reach who runs it. */
  private static final Pattern USER_AGENT =
      Pattern.compile("[A-Za-z_-]+(?:[/ (][ -~]*)?(?:https?://|@)[ -~]+");

  private static final int LARGEST_BODY = 1 << 28;

  public ScrapeConfig {
    seeds = seeds == null ? List.of() : List.copyOf(seeds);
    sitemaps = sitemaps == null ? List.of() : List.copyOf(sitemaps);
    allow = allow == null ? List.of() : List.copyOf(allow);
    deny = deny == null ? List.of() : List.copyOf(deny);
    mediaTypes = mediaTypes == null ? List.of() : List.copyOf(mediaTypes);
    optOutAgents = optOutAgents == null ? List.of() : List.copyOf(optOutAgents);
    userAgent = userAgent == null || userAgent.isEmpty() ? null : userAgent;
    if (userAgent != null && !USER_AGENT.matcher(userAgent).matches()) {
      throw new IllegalArgumentException(
          "scrape.userAgent must be a name of letters, - and _, then a URL or an e-mail address that"
              + " reaches you, such as \"acmebot/1.0 (+https://acme.org/bot)\", got \""
              + userAgent
              + "\"");
    }
    if (scope == null) {
      throw new IllegalArgumentException("scrape.scope is empty: host, domain or any");
    }
    if (mediaTypes.isEmpty()) {
      throw new IllegalArgumentException("scrape.mediaTypes is empty: nothing would be kept");
    }
    for (String type : mediaTypes) {
      if (!type.matches("[a-z0-9.+-]+/[a-z0-9.+-]+")) {
        throw new IllegalArgumentException(
            "scrape.mediaTypes: expected such as text/html, got \"" + type + "\"");
      }
    }
    for (String agent : optOutAgents) {
      if (!agent.matches("[A-Za-z_-]+")) {
        throw new IllegalArgumentException(
            "scrape.optOutAgents: expected a name of letters, - and _, got \"" + agent + "\"");
      }
    }
    atLeast(0, "maxDepth", maxDepth);
    atLeast(1, "maxPages", maxPages);
    atLeast(1, "maxPagesPerHost", maxPagesPerHost);
    atLeast(0, "delayMillis", delayMillis);
    atLeast(0, "maxCrawlDelayMillis", maxCrawlDelayMillis);
    atLeast(1, "connections", connections);
    atLeast(1, "connectMillis", connectMillis);
    atLeast(1, "readMillis", readMillis);
    atLeast(1, "totalMillis", totalMillis);
    atLeast(1, "maxHeaderBytes", maxHeaderBytes);
    atLeast(1, "maxBodyBytes", maxBodyBytes);
    atLeast(0, "maxRedirects", maxRedirects);
    atLeast(0, "retries", retries);
    atLeast(1, "retryMillis", retryMillis);
    atLeast(retryMillis, "maxRetryMillis", maxRetryMillis);
    atLeast(0, "revisitHours", revisitHours == null ? 0 : revisitHours);
    atLeast(1, "roundSeconds", roundSeconds);
    if (maxBodyBytes > LARGEST_BODY) {
      throw new IllegalArgumentException(
          "scrape.maxBodyBytes must be at most " + LARGEST_BODY + ", got " + maxBodyBytes);
    }
  }

  private static void atLeast(long least, String key, long value) {
    if (value < least) {
      throw new IllegalArgumentException(
          "scrape." + key + " must be at least " + least + ", got " + value);
    }
  }

  /** Checks what only a run that scrapes must have. */
  public void requireRunnable() {
    if (seeds.isEmpty() && sitemaps.isEmpty()) {
      throw new IllegalArgumentException(
          "scrape.seeds and scrape.sitemaps are empty: name where to begin");
    }
    if (userAgent == null) {
      throw new IllegalArgumentException(
          "scrape.userAgent is not set: name your crawler and a URL or an e-mail address where the"
              + " owners of the sites reach you, such as \"acmebot/1.0 (+https://acme.org/bot)\"");
    }
  }

  /** The name that robots.txt is read for: the User-Agent's product token, in lower case. */
  String robotName() {
    return userAgent.split("[^A-Za-z_-]", 2)[0].toLowerCase(Locale.ROOT);
  }

  /** How far from the seeds links are followed. */
  public enum Reach {
    /** To the seeds' hosts: the same name and port; http and https count as one. */
    HOST,
    /** To every host under the seeds' registered domains. */
    DOMAIN,
    /** To any host. */
    ANY
  }
}
