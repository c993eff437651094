package org.sparkgpt.scrape;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.sparkgpt.scrape.LoggedRound.ATTEMPTS;
import static org.sparkgpt.scrape.LoggedRound.CANDIDATES;
import static org.sparkgpt.scrape.LoggedRound.DEPTH;
import static org.sparkgpt.scrape.LoggedRound.DIGEST;
import static org.sparkgpt.scrape.LoggedRound.ETAG;
import static org.sparkgpt.scrape.LoggedRound.HOST;
import static org.sparkgpt.scrape.LoggedRound.LAST_MODIFIED;
import static org.sparkgpt.scrape.LoggedRound.NOT_BEFORE;
import static org.sparkgpt.scrape.LoggedRound.OUTCOME;
import static org.sparkgpt.scrape.LoggedRound.REDIRECTS;
import static org.sparkgpt.scrape.LoggedRound.RETRY_AT;
import static org.sparkgpt.scrape.LoggedRound.ROBOTS_FETCHED;
import static org.sparkgpt.scrape.LoggedRound.SITEMAP;
import static org.sparkgpt.scrape.LoggedRound.STATE;
import static org.sparkgpt.scrape.LoggedRound.STATUS;
import static org.sparkgpt.scrape.LoggedRound.TIME;
import static org.sparkgpt.scrape.LoggedRound.URL;
import static org.sparkgpt.scrape.LoggedRound.VISIT;

import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * All that a crawl knows, as two tables: every URL it ever came to with what came of it, and every
 * host. {@link #next} is a pure function of these and of what a round logged, so a round that was
 * killed is continued by reading its log.
 */
final class Frontier {
  static final String FIRST_VISIT = "firstVisit";
  static final String LAST_VISIT = "lastVisit";

  /** When the page was fetched that the archives hold of this URL; 0: they hold none. */
  static final String STORED = "stored";

  /**
   * One row a URL. A URL that was never visited has no outcome; {@code retryAt} is 0 unless it is
   * to be tried again; times are milliseconds since 1970 or 0.
   */
  static final StructType URLS =
      new StructType()
          .add(URL, "string")
          .add(HOST, "string")
          .add(DEPTH, "int")
          .add(REDIRECTS, "int")
          .add(SITEMAP, "boolean")
          .add(ATTEMPTS, "int")
          .add(OUTCOME, "string")
          .add(STATUS, "int")
          .add(ETAG, "string")
          .add(LAST_MODIFIED, "string")
          .add(DIGEST, "string")
          .add(FIRST_VISIT, "long")
          .add(LAST_VISIT, "long")
          .add(STORED, "long")
          .add(RETRY_AT, "long");

  /** One row a host whose robots.txt was asked for or that was visited. */
  static final StructType HOSTS =
      new StructType()
          .add(HOST, "string")
          .add(STATE, LoggedRound.STATE_TYPE)
          .add(NOT_BEFORE, "long");

  private static final String SEEN = "seen"; // prefix of what a round says of a URL

  private final Dataset<Row> urls;
  private final Dataset<Row> hosts;

  /**
   * @param urls of {@link #URLS}, a row for each URL
   * @param hosts of {@link #HOSTS}, a row for each host
   */
  Frontier(Dataset<Row> urls, Dataset<Row> hosts) {
    this.urls = urls;
    this.hosts = hosts;
  }

  Dataset<Row> urls() {
    return urls;
  }

  Dataset<Row> hosts() {
    return hosts;
  }

  /** Whether the archives hold the page as it was when it was last asked for. */
  static Column isKept() {
    return col(STORED)
        .gt(0)
        .and(
            col(OUTCOME)
                .isin(
                    Outcome.FETCHED.toString(),
                    Outcome.NOT_MODIFIED.toString(),
                    Outcome.DUPLICATE.toString()));
  }

  /**
   * After a round.
   *
   * @param log of {@link LoggedRound#SCHEMA}
   * @param roots of {@link LoggedRound#CANDIDATE}: seeds and sitemaps of the settings
   */
  Frontier next(Dataset<Row> log, Dataset<Row> roots) {
    Dataset<Row> candidates =
        log.select(explode(col(CANDIDATES)).as("c")).select("c.*").union(roots);
    Dataset<Row> visits =
        log.filter(col(VISIT).isNotNull()).select(col(HOST), col(VISIT + ".*"), col(NOT_BEFORE));
    return new Frontier(
        withVisits(withCandidates(urls, candidates), visits),
        withStates(hosts, log.filter(col(STATE).isNotNull()), visits));
  }

  /** New URLs, and old ones with the smaller depth. */
  private static Dataset<Row> withCandidates(Dataset<Row> urls, Dataset<Row> candidates) {
    Dataset<Row> found =
        candidates
            .groupBy(col(URL).as("foundUrl"))
            .agg(
                max(HOST).as("foundHost"),
                min(DEPTH).as("foundDepth"),
                min(REDIRECTS).as("foundRedirects"),
                max(SITEMAP).as("foundSitemap"));
    return urls.join(found, col(URL).equalTo(col("foundUrl")), "full_outer")
        .select(
            coalesce(col(URL), col("foundUrl")).as(URL),
            coalesce(col(HOST), col("foundHost")).as(HOST),
            least(col(DEPTH), col("foundDepth")).as(DEPTH),
            least(col(REDIRECTS), col("foundRedirects")).as(REDIRECTS),
            coalesce(col(SITEMAP), col("foundSitemap")).as(SITEMAP),
            orZero(ATTEMPTS, lit(0)),
            col(OUTCOME),
            orZero(STATUS, lit(0)),
            col(ETAG),
            col(LAST_MODIFIED),
            col(DIGEST),
            orZero(FIRST_VISIT, lit(0L)),
            orZero(LAST_VISIT, lit(0L)),
            orZero(STORED, lit(0L)),
            orZero(RETRY_AT, lit(0L)));
  }

  private static Column orZero(String column, Column zero) {
    return coalesce(col(column), zero).as(column);
  }

  /** What was visited, by the last visit of each URL. */
  private static Dataset<Row> withVisits(Dataset<Row> urls, Dataset<Row> visits) {
    Column[] columns =
        Arrays.stream(LoggedRound.VISIT_TYPE.fieldNames())
            .map(functions::col)
            .toArray(Column[]::new);
    Dataset<Row> last =
        visits
            .groupBy(col(URL).as("visitedUrl"))
            .agg(
                max_by(struct(columns), col(TIME)).as(SEEN),
                min(TIME).as("seenFirst"),
                max(when(col(OUTCOME).equalTo(Outcome.FETCHED.toString()), col(TIME)))
                    .as("seenPage"));
    Column visited = col("visitedUrl").isNotNull();
    Column anew = visited.and(col("seenPage").isNotNull());
    return urls.join(last, col(URL).equalTo(col("visitedUrl")), "left_outer")
        .select(
            col(URL),
            col(HOST),
            col(DEPTH),
            col(REDIRECTS),
            col(SITEMAP),
            seen(visited, ATTEMPTS),
            seen(visited, OUTCOME),
            seen(visited, STATUS),
            // A failed visit says nothing of these, a page that has none any more does.
            when(anew, col(SEEN + "." + ETAG)).otherwise(seenOrBefore(ETAG)).as(ETAG),
            when(anew, col(SEEN + "." + LAST_MODIFIED))
                .otherwise(seenOrBefore(LAST_MODIFIED))
                .as(LAST_MODIFIED),
            seenOrBefore(DIGEST).as(DIGEST),
            when(visited.and(col(FIRST_VISIT).equalTo(0)), col("seenFirst"))
                .otherwise(col(FIRST_VISIT))
                .as(FIRST_VISIT),
            when(visited, col(SEEN + "." + TIME)).otherwise(col(LAST_VISIT)).as(LAST_VISIT),
            coalesce(col("seenPage"), col(STORED)).as(STORED),
            seen(visited, RETRY_AT));
  }

  private static Column seen(Column visited, String column) {
    return when(visited, col(SEEN + "." + column)).otherwise(col(column)).as(column);
  }

  private static Column seenOrBefore(String column) {
    return coalesce(col(SEEN + "." + column), col(column));
  }

  /**
   * The newest robots.txt of each host, and the latest of the times before which it is left alone.
   */
  private static Dataset<Row> withStates(
      Dataset<Row> hosts, Dataset<Row> states, Dataset<Row> visits) {
    Column none =
        expr(
            "named_struct('robots', cast(null as binary), 'robotsStatus', 0, 'robotsFetched', 0L,"
                + " 'reservations', cast(null as binary))");
    return hosts
        .union(states.select(HOST, STATE, NOT_BEFORE))
        .union(visits.select(col(HOST), none.as(STATE), col(NOT_BEFORE)))
        .groupBy(HOST)
        .agg(
            max_by(col(STATE), col(STATE + "." + ROBOTS_FETCHED)).as(STATE),
            max(NOT_BEFORE).as(NOT_BEFORE));
  }
}
