package org.sparkgpt.scrape;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/**
 * What a crawl came to.
 *
 * @param urls it came to, sitemaps left out; {@code urls = kept + sum of dropped}
 * @param kept pages that the archives hold, as they were when last asked for
 * @param dropped URLs without one, by {@code scrape/<outcome>}; {@code scrape/budget} if they were
 *     not visited because a budget was used up
 * @param totals of all visits
 */
public record CrawlReport(
    long urls, long kept, SortedMap<String, Long> dropped, FrontierTotals totals) {
  private static final String REASONS = "scrape/";
  private static final String BUDGET = "budget";

  static CrawlReport of(Frontier frontier, FrontierTotals totals) {
    long urls = 0;
    long kept = 0;
    SortedMap<String, Long> dropped = new TreeMap<>();
    for (Row group :
        frontier
            .urls()
            .filter(not(col(LoggedRound.SITEMAP)))
            .withColumn(
                "reason",
                when(
                    not(coalesce(Frontier.isKept(), lit(false))),
                    coalesce(col(LoggedRound.OUTCOME), lit(BUDGET))))
            .groupBy("reason")
            .agg(count(lit(1)))
            .collectAsList()) { // a row for each outcome
      urls += group.getLong(1);
      if (group.isNullAt(0)) {
        kept = group.getLong(1);
      } else {
        dropped.put(REASONS + group.getString(0), group.getLong(1));
      }
    }
    return new CrawlReport(urls, kept, dropped, totals);
  }
}
