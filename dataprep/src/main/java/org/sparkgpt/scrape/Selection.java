package org.sparkgpt.scrape;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;
import static org.sparkgpt.scrape.LoggedRound.DEPTH;
import static org.sparkgpt.scrape.LoggedRound.HOST;
import static org.sparkgpt.scrape.LoggedRound.OUTCOME;
import static org.sparkgpt.scrape.LoggedRound.RETRY_AT;
import static org.sparkgpt.scrape.LoggedRound.SITEMAP;
import static org.sparkgpt.scrape.LoggedRound.URL;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import scala.Tuple2;

/**
 * What a round visits: by depth, sitemaps first, and at one depth in the order of a seeded hash, so
 * that a budget cuts a fair sample. A page that the archives do not hold takes its place in the
 * budgets before it is asked for, so that no budget is ever exceeded.
 */
final class Selection {
  /** Whether it takes a place in the budgets: no sitemap, and no page that is held. */
  static final String ANEW = "anew";

  /** Of two targets of one depth, the one with the smaller number goes first. */
  static final String ORDER = "order";

  private static final String KEPT = "kept";
  private static final String RANK = "rank";
  private static final String RANK_ANEW = "rankAnew";

  /** A task holds its hosts' targets in memory. */
  private static final long LARGEST_SHARE = 20_000;

  private final ScrapeConfig config;
  private final long seed;

  Selection(ScrapeConfig config, long seed) {
    this.config = config;
    this.seed = seed;
  }

  /**
   * The targets of a round: {@link Frontier#URLS}, {@link #ORDER} and {@link #ANEW}.
   *
   * @param known rows of {@code urls}
   * @param now in ms since 1970
   * @param revisitBefore what was last visited then or earlier is due again; in ms since 1970
   */
  Dataset<Row> of(Dataset<Row> urls, long known, long now, long revisitBefore) {
    Dataset<Row> kept =
        urls.filter(Frontier.isKept().and(not(col(SITEMAP))))
            .groupBy(HOST)
            .agg(count(lit(1)).as(KEPT));
    Dataset<Row> due =
        urls.filter(isDue(now, revisitBefore))
            .withColumn(ANEW, not(coalesce(Frontier.isKept(), lit(false)).or(col(SITEMAP))))
            .withColumn(ORDER, xxhash64(lit(seed), col(URL)))
            .join(kept, HOST, "left_outer");
    Dataset<Row> selected = withinHosts(due);
    return known <= config.maxPages() ? selected : withinCrawl(selected, kept);
  }

  private static Column isDue(long now, long revisitBefore) {
    Column visited = col(OUTCOME).isNotNull();
    return not(visited)
        .or(col(RETRY_AT).gt(0).and(col(RETRY_AT).leq(now)))
        .or(visited.and(col(Frontier.LAST_VISIT).leq(revisitBefore)));
  }

  private static Column[] order() {
    return new Column[] {col(DEPTH), col(SITEMAP).desc(), col(ORDER), col(URL)};
  }

  /** At most what a host's budget has left, and what a round can do of it. */
  private Dataset<Row> withinHosts(Dataset<Row> due) {
    WindowSpec before =
        Window.partitionBy(HOST)
            .orderBy(order())
            .rowsBetween(Window.unboundedPreceding(), Window.currentRow());
    Column left = lit(config.maxPagesPerHost()).minus(coalesce(col(KEPT), lit(0L)));
    // Its place among those that the budget lets through.
    Column rank = col(RANK).minus(col(RANK_ANEW)).plus(least(col(RANK_ANEW), left));
    return due.withColumn(RANK, row_number().over(before))
        .withColumn(RANK_ANEW, sum(when(col(ANEW), 1L).otherwise(0L)).over(before))
        .filter(not(col(ANEW)).or(col(RANK_ANEW).leq(left)))
        .filter(rank.leq(share()))
        .drop(RANK, RANK_ANEW, KEPT);
  }

  /** Targets of one host that a round has the time for. */
  private long share() {
    long requests = config.roundSeconds() * 1000L / Math.max(1, config.delayMillis()) + 1;
    return Math.min(requests, LARGEST_SHARE);
  }

  private Dataset<Row> withinCrawl(Dataset<Row> selected, Dataset<Row> kept) {
    Row sum = kept.agg(coalesce(sum(KEPT), lit(0L))).first();
    long left = Math.max(0, config.maxPages() - sum.getLong(0));
    Dataset<Row> anew = selected.filter(col(ANEW));
    if (anew.count() <= left) {
      return selected;
    }
    JavaRDD<Row> first =
        anew.orderBy(order()).javaRDD().zipWithIndex().filter(new IsBelow(left)).keys();
    return selected
        .filter(not(col(ANEW)))
        .union(selected.sparkSession().createDataFrame(first, selected.schema()));
  }

  private static final class IsBelow implements Function<Tuple2<Row, Long>, Boolean> {
    private final long bound;

    IsBelow(long bound) {
      this.bound = bound;
    }

    @Override
    public Boolean call(Tuple2<Row, Long> numbered) {
      return numbered._2() < bound;
    }
  }
}
