package org.sparkgpt.scrape;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Where a crawl begins, normalised.
 *
 * @param seeds pages
 * @param sitemaps lists of pages
 */
record Roots(Set<String> seeds, Set<String> sitemaps) {

  /**
   * The settings' seeds and sitemaps; a seed that is no web address is a file with one on each
   * line, blank lines and those with {@code #} in front left out.
   *
   * @throws IllegalArgumentException naming the one that is not a URL, or if there is none
   */
  static Roots read(Configuration conf, ScrapeConfig config) throws IOException {
    Set<String> seeds = new LinkedHashSet<>();
    for (String seed : config.seeds()) {
      if (isUrl(seed)) {
        seeds.add(normal("scrape.seeds", seed));
      } else {
        for (String line : lines(conf, seed)) {
          seeds.add(normal(seed, line));
        }
      }
    }
    Set<String> sitemaps = new LinkedHashSet<>();
    for (String sitemap : config.sitemaps()) {
      sitemaps.add(normal("scrape.sitemaps", sitemap));
    }
    if (seeds.isEmpty() && sitemaps.isEmpty()) {
      throw new IllegalArgumentException(
          "scrape.seeds and scrape.sitemaps are empty: name at least one URL");
    }
    return new Roots(seeds, sitemaps);
  }

  private static boolean isUrl(String seed) {
    return seed.regionMatches(true, 0, "http://", 0, 7)
        || seed.regionMatches(true, 0, "https://", 0, 8);
  }

  private static String normal(String where, String url) {
    return CrawlUrl.normalize(url)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    where + ": " + url + " is not a URL such as https://example.org/"));
  }

  private static List<String> lines(Configuration conf, String file) throws IOException {
    Path path = new Path(file);
    if (!path.getFileSystem(conf).exists(path)) {
      throw new IllegalArgumentException(
          "scrape.seeds: " + file + " is neither a URL nor a file; URLs begin with https://");
    }
    List<String> urls = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(path.getFileSystem(conf).open(path), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          urls.add(line.strip());
        }
      }
    }
    return urls;
  }

  Set<String> all() {
    Set<String> all = new LinkedHashSet<>(seeds);
    all.addAll(sitemaps);
    return all;
  }

  /** As a table of {@link LoggedRound#CANDIDATE}. */
  Dataset<Row> candidates(SparkSession spark) {
    List<Row> rows = new ArrayList<>();
    seeds.forEach(url -> rows.add(LoggedRound.candidate(url, 0, 0, false)));
    sitemaps.forEach(url -> rows.add(LoggedRound.candidate(url, 0, 0, true)));
    return spark.createDataFrame(rows, LoggedRound.CANDIDATE);
  }
}
