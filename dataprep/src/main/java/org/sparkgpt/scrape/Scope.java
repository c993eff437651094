package org.sparkgpt.scrape;

import java.io.Serializable;
import java.util.Collection;

/** Which links become targets. */
public final class Scope implements Serializable {
  private final ScrapeConfig config;

  /**
   * @param roots seeds and sitemaps, normalised: they span the scope
   */
  public Scope(ScrapeConfig config, Collection<String> roots) {
    this.config = config;
  }

  /**
   * @param url normalised
   */
  public boolean admits(String url, int depth) {
    return depth <= config.maxDepth();
  }
}
