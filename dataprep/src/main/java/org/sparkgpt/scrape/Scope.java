package org.sparkgpt.scrape;

import crawlercommons.domains.EffectiveTldFinder;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which links become targets. */
public final class Scope implements Serializable {
  private final ScrapeConfig.Reach reach;
  private final int maxDepth;
  private final List<String> allow;
  private final List<String> deny;
  private final Set<String> sites;

  /**
   * @param roots seeds and sitemaps, normalised: they span the scope
   */
  public Scope(ScrapeConfig config, Collection<String> roots) {
    this.reach = config.scope();
    this.maxDepth = config.maxDepth();
    this.allow = config.allow();
    this.deny = config.deny();
    this.sites = roots.stream().map(this::site).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * @param url normalised
   */
  public boolean admits(String url, int depth) {
    return depth <= maxDepth
        && (reach == ScrapeConfig.Reach.ANY || sites.contains(site(url)))
        && (allow.isEmpty() || allow.stream().anyMatch(pattern -> matches(pattern, url)))
        && deny.stream().noneMatch(pattern -> matches(pattern, url));
  }

  private String site(String url) {
    return reach == ScrapeConfig.Reach.DOMAIN ? domain(url) : CrawlUrl.authority(url);
  }

  /**
   * The registered domain, one label below a public suffix; of a host that has none, such as an
   * address, the host. A suffix such as github.io counts as public: its sites are not one.
   */
  private static String domain(String url) {
    String host = CrawlUrl.hostName(url);
    String domain = EffectiveTldFinder.getAssignedDomain(host, true, false);
    return domain == null ? host : domain;
  }

  /** {@code *} stands for any characters. Takes time in the product of both lengths at most. */
  static boolean matches(String pattern, String url) {
    int p = 0;
    int star = -1;
    int resume = 0;
    for (int u = 0; u < url.length(); ) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = u;
      } else if (p < pattern.length() && pattern.charAt(p) == url.charAt(u)) {
        p++;
        u++;
      } else if (star >= 0) {
        p = star + 1; // the last star takes one character more
        u = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
