package org.sparkgpt.scrape;

import crawlercommons.sitemaps.AbstractSiteMap;
import crawlercommons.sitemaps.SiteMap;
import crawlercommons.sitemaps.SiteMapIndex;
import crawlercommons.sitemaps.SiteMapParser;
import crawlercommons.sitemaps.UnknownFormatException;
import java.io.IOException;
import java.net.URL;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * What a sitemap lists (sitemaps.org: XML, text, RSS or Atom, gzip or not).
 *
 * @param pages normalised, distinct
 * @param sitemaps normalised, distinct; those of an index
 */
record Sitemap(List<String> pages, List<String> sitemaps) {
  /** The protocol's bound on the pages of one, and on the sitemaps of an index. */
  static final int MAX_PAGES = 50_000;

  /** Of an index, or of robots.txt. */
  static final int MAX_SITEMAPS = 1000;

  /**
   * @param maxBytes of the unpacked sitemap
   * @throws FetchException if it is no sitemap, or larger
   */
  static Sitemap read(byte[] body, String url, int maxBytes) throws FetchException {
    boolean gzip = body.length > 1 && (body[0] & 0xff) == 0x1f && (body[1] & 0xff) == 0x8b;
    byte[] content = gzip ? ContentCoding.decode(body, "gzip", maxBytes) : body;
    AbstractSiteMap parsed;
    try {
      // Which URLs may be listed where is scope's matter; of a damaged one, what came before
      // counts.
      parsed = new SiteMapParser(false, true).parseSiteMap(content, new URL(url));
    } catch (UnknownFormatException
        | IOException
        | RuntimeException e) { // the last on what nobody has seen yet
      throw new FetchException(Outcome.BAD_SITEMAP, e);
    }
    if (parsed instanceof SiteMapIndex index) {
      return new Sitemap(
          List.of(), normalized(index.getSitemaps(), AbstractSiteMap::getUrl, MAX_SITEMAPS));
    }
    return new Sitemap(
        normalized(((SiteMap) parsed).getSiteMapUrls(), s -> s.getUrl(), MAX_PAGES), List.of());
  }

  private static <T> List<String> normalized(Collection<T> listed, Function<T, URL> url, int max) {
    return listed.stream()
        .flatMap(entry -> CrawlUrl.normalize(url.apply(entry).toString()).stream())
        .distinct()
        .limit(max)
        .toList();
  }
}
