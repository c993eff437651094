package org.sparkgpt.scrape;

import java.io.Serializable;
import java.util.List;

/**
 * What is crawled, how politely, and what one page may cost.
 *
 * @param seeds URLs, or files with a URL on each line
 * @param sitemaps URLs of sitemaps, whose pages count as seeds
 * @param robotsSitemaps also read the sitemaps that a host's robots.txt names
 * @param userAgent sent with every request, such as {@code "acmebot/1.0 (+https://acme.org/bot)"}:
 *     a name, which robots.txt is read for, and a URL or e-mail address where a site's owner reaches
 *     you; null until something is scraped
 * @param scope how far from the seeds links are followed
 * @param allow URLs to which links are followed; empty: all. In a pattern {@code *} stands for any
 *     characters, everything else for itself, and it must fit the whole URL
 * @param deny URLs to which links are not followed; patterns as in allow
 * @param maxDepth links followed from a seed
 * @param maxPages of the whole crawl
 * @param maxPagesPerHost of each host
 * @param delayMillis between the end of a request and the beginning of the next one to the same
 *     host; robots.txt can only lengthen it
 * @param maxCrawlDelaySeconds a host whose robots.txt asks for more is left out
 * @param connections hosts that one task visits at a time
 * @param connectMillis longest wait for a connection
 * @param readMillis longest wait for the next bytes
 * @param totalMillis longest time for a whole answer
 * @param maxHeaderBytes of an answer
 * @param maxBodyBytes of a page, as sent and unpacked; larger ones are not kept
 * @param maxRedirects in a row
 * @param retries after failures that may pass: 429, 5xx, no connection, no answer
 * @param retrySeconds before the first retry; doubles with each one
 * @param maxRetrySeconds bound on that, and the longest Retry-After that is waited for
 * @param mediaTypes that are kept
 * @param optOutAgents robots.txt and robots meta tags are also obeyed where they name these
 * @param respectAiOptOut leave out what says noai or reserves text and data mining
 * @param allowPrivateAddresses fetch from loopback, private and other addresses that are not public
 * @param revisitDays after which a fetched page is asked for again; null: never
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
    long maxCrawlDelaySeconds,
    int connections,
    int connectMillis,
    int readMillis,
    int totalMillis,
    int maxHeaderBytes,
    int maxBodyBytes,
    int maxRedirects,
    int retries,
    long retrySeconds,
    long maxRetrySeconds,
    List<String> mediaTypes,
    List<String> optOutAgents,
    boolean respectAiOptOut,
    boolean allowPrivateAddresses,
    Integer revisitDays)
    implements Serializable {

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
