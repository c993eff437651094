package org.sparkgpt.scrape;

import java.io.Serializable;

/**
 * A URL to fetch.
 *
 * @param url as {@link CrawlUrl#normalize} gives it
 * @param depth links from a seed, which is 0; of a sitemap, the indexes that led to it
 * @param redirects hops that led here
 * @param attempts failed ones so far
 * @param sitemap whether it is fetched for the URLs it lists, and is no page
 * @param etag of the last visit; null on the first, or if there was none
 * @param lastModified of the last visit; null on the first, or if there was none
 * @param digest of the last visit's payload; null on the first
 */
public record Target(
    String url,
    int depth,
    int redirects,
    int attempts,
    boolean sitemap,
    String etag,
    String lastModified,
    String digest)
    implements Serializable {

  /** A URL that was never visited. */
  public static Target first(String url, int depth) {
    return new Target(url, depth, 0, 0, false, null, null, null);
  }

  /** A sitemap that was never visited. */
  public static Target sitemap(String url, int depth) {
    return new Target(url, depth, 0, 0, true, null, null, null);
  }

  Target attempted(int times) {
    return new Target(url, depth, redirects, times, sitemap, etag, lastModified, digest);
  }
}
