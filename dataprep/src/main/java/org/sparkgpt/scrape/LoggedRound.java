package org.sparkgpt.scrape;

import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What the WARC files of a round say, as a table: a row for each visit and for each state of a
 * host, with the URLs that it leads to.
 */
final class LoggedRound {
  static final String HOST = "host";
  static final String VISIT = "visit";
  static final String STATE = "state";
  static final String NOT_BEFORE = "notBefore";
  static final String CANDIDATES = "candidates";
  static final String OUT_OF_SCOPE = "outOfScope";

  static final String URL = "url";
  static final String DEPTH = "depth";
  static final String REDIRECTS = "redirects";
  static final String SITEMAP = "sitemap";
  static final String ATTEMPTS = "attempts";
  static final String OUTCOME = "outcome";
  static final String STATUS = "status";
  static final String BYTES = "bytes";
  static final String DIGEST = "digest";
  static final String ETAG = "etag";
  static final String LAST_MODIFIED = "lastModified";
  static final String TIME = "time";
  static final String RETRY_AT = "retryAt";

  static final String ROBOTS = "robots";
  static final String ROBOTS_STATUS = "robotsStatus";
  static final String ROBOTS_FETCHED = "robotsFetched";
  static final String RESERVATIONS = "reservations";

  /** A URL in scope, on its way to becoming a target. */
  static final StructType CANDIDATE =
      new StructType()
          .add(URL, "string")
          .add(HOST, "string")
          .add(DEPTH, "int")
          .add(REDIRECTS, "int")
          .add(SITEMAP, "boolean");

  static final StructType STATE_TYPE =
      new StructType()
          .add(ROBOTS, "binary")
          .add(ROBOTS_STATUS, "int")
          .add(ROBOTS_FETCHED, "long")
          .add(RESERVATIONS, "binary");

  static final StructType VISIT_TYPE =
      new StructType()
          .add(URL, "string")
          .add(ATTEMPTS, "int")
          .add(OUTCOME, "string")
          .add(STATUS, "int")
          .add(BYTES, "long")
          .add(DIGEST, "string")
          .add(ETAG, "string")
          .add(LAST_MODIFIED, "string")
          .add(TIME, "long")
          .add(RETRY_AT, "long");

  /** One of visit and state is null. */
  static final StructType SCHEMA =
      new StructType()
          .add(HOST, "string")
          .add(VISIT, VISIT_TYPE)
          .add(STATE, STATE_TYPE)
          .add(NOT_BEFORE, "long")
          .add(CANDIDATES, "array<" + CANDIDATE.simpleString() + ">")
          .add(OUT_OF_SCOPE, "long");

  private LoggedRound() {}

  /** Reads finished files. Lazy: every action reads them again. */
  static Dataset<Row> read(
      SparkSession spark,
      Broadcast<SerializableConfiguration> hadoop,
      List<Path> files,
      Scope scope) {
    List<String> names = files.stream().map(Path::toString).toList();
    JavaRDD<Row> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(names, Math.max(1, names.size()))
            .mapPartitions(new Read(hadoop, scope));
    return spark.createDataFrame(rows, SCHEMA);
  }

  static Row candidate(String url, int depth, int redirects, boolean sitemap) {
    return RowFactory.create(url, CrawlUrl.host(url), depth, redirects, sitemap);
  }

  private static final class Read implements FlatMapFunction<Iterator<String>, Row> {
    private final Broadcast<SerializableConfiguration> hadoop;
    private final Scope scope;

    Read(Broadcast<SerializableConfiguration> hadoop, Scope scope) {
      this.hadoop = hadoop;
      this.scope = scope;
    }

    @Override
    public Iterator<Row> call(Iterator<String> names) {
      return new LogRows(hadoop.value().value(), names, scope);
    }
  }
}
