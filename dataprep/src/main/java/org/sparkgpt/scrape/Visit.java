package org.sparkgpt.scrape;

import java.util.List;

/**
 * What came of a target. Times are milliseconds since 1970.
 *
 * @param attempts failed ones, this one included if it failed
 * @param status of HTTP; 0 if nothing came back
 * @param mediaType as declared, without parameters, in lower case; null if not known
 * @param bytes of the body as sent; 0 if there is none
 * @param digest of the newest body that came, {@code sha1:} and base32; null if none did
 * @param etag that came with it, to ask with at the next visit; null if none
 * @param lastModified likewise
 * @param redirect where to, normalised; null if not redirected
 * @param links of the page or the sitemap, normalised, distinct, in document order, in scope or
 *     not; empty if the page says nofollow
 * @param sitemaps that a sitemap index lists, likewise
 * @param time when the request began
 * @param notBefore when the next request to this host may begin
 * @param retryAt when to try again; 0: never
 */
public record Visit(
    String url,
    int depth,
    int redirects,
    int attempts,
    boolean sitemap,
    Outcome outcome,
    int status,
    String mediaType,
    long bytes,
    String digest,
    String etag,
    String lastModified,
    String redirect,
    List<String> links,
    List<String> sitemaps,
    long time,
    long notBefore,
    long retryAt) {

  public Visit {
    links = List.copyOf(links);
    sitemaps = List.copyOf(sitemaps);
  }

  /** The depth at which {@link #links} become targets: what a sitemap lists counts as seeds. */
  public int linkDepth() {
    return sitemap ? 0 : depth + 1;
  }

  /** The same visit with another outcome. */
  Visit with(Outcome other) {
    return new Visit(
        url,
        depth,
        redirects,
        attempts,
        sitemap,
        other,
        status,
        mediaType,
        bytes,
        digest,
        etag,
        lastModified,
        redirect,
        links,
        sitemaps,
        time,
        notBefore,
        retryAt);
  }
}
