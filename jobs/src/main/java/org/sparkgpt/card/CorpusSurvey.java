package org.sparkgpt.card;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;
import org.sparkgpt.card.CorpusFacts.Duplicate;
import org.sparkgpt.card.CorpusFacts.Scores;
import org.sparkgpt.clean.Cleaning;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;
import org.sparkgpt.dedup.Deduplication;

/**
 * Questions to a run's tables of documents. Each is one aggregation whose result is small whatever
 * the corpus: as many rows as there are reasons, languages or length buckets, or the first few. All
 * sums are of whole numbers, so the answers do not depend on how the rows are spread.
 */
final class CorpusSurvey {
  private static final int SITES = 20;
  private static final int LICENCES = 12;
  private static final int DUPLICATES = 10;
  private static final int OPENING = 160;

  /** Longest licence that is told from others. */
  private static final int LICENCE_LENGTH = 200;

  private static final String QUALITY_SCORE = "quality_score";
  private static final String REDACTIONS = "redactions";
  private static final String CLUSTER_SIZE = "cluster_size";
  private static final String DEDUP_REASONS = "dedup/";
  private static final String LENGTH = "_length";
  private static final String NAME = "_name";
  private static final String WEB = "_web";
  private static final String DOCUMENTS = "_documents";
  private static final String CHARACTERS = "_characters";

  private static final Column LENGTH_OF_TEXT =
      coalesce(length(col(Document.TEXT)), lit(0)).cast(DataTypes.LongType);

  private final SparkSession spark;

  CorpusSurvey(SparkSession spark) {
    this.spark = spark;
  }

  /** Documents of a table by what became of them: reason, none of the kept ones, and language. */
  record Fate(Optional<String> reason, Optional<String> language, Count count) {}

  List<Fate> fates(Dataset<Row> table) {
    describe("count documents by reason and language");
    Column language =
        has(table, Cleaning.LANGUAGE) ? col(Cleaning.LANGUAGE) : lit(null).cast("string");
    return table
        .groupBy(col(Verdict.REASON), language.as(Cleaning.LANGUAGE))
        .agg(count(lit(1)), sum(LENGTH_OF_TEXT))
        .collectAsList()
        .stream()
        .map(
            row ->
                new Fate(
                    Optional.ofNullable(row.getString(0)),
                    Optional.ofNullable(row.getString(1)),
                    new Count(row.getLong(2), row.getLong(3))))
        .toList();
  }

  Lengths lengths(Dataset<Row> kept) {
    describe("histogram of lengths");
    Column bucket =
        udf((UDF1<Long, Integer>) Lengths::bucket, DataTypes.IntegerType).apply(col(LENGTH));
    return new Lengths(
        kept
            .select(LENGTH_OF_TEXT.as(LENGTH))
            .groupBy(bucket)
            .agg(count(lit(1)), sum(LENGTH), min(LENGTH), max(LENGTH))
            .collectAsList()
            .stream()
            .map(
                row ->
                    new Lengths.Bucket(
                        row.getInt(0),
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4)))
            .sorted(Comparator.comparingInt(Lengths.Bucket::index))
            .toList());
  }

  Top sites(Dataset<Row> kept) {
    Column site =
        udf(new Site(), DataTypes.StringType).apply(col(Document.URL), col(Document.SOURCE));
    return top(
        "sites",
        kept.select(
            site.as(NAME), col(Document.URL).isNotNull().as(WEB), LENGTH_OF_TEXT.as(LENGTH)),
        SITES);
  }

  /** Of the documents that name one. */
  Top licences(Dataset<Row> kept) {
    Column licence = col(Document.METADATA + ".licence");
    return top(
        "licences",
        kept.where(licence.isNotNull())
            .select(
                substring(licence, 1, LICENCE_LENGTH).as(NAME),
                lit(false).as(WEB),
                LENGTH_OF_TEXT.as(LENGTH)),
        LICENCES);
  }

  private Top top(String what, Dataset<Row> documents, int most) {
    Dataset<Row> groups =
        documents
            .groupBy(NAME, WEB)
            .agg(count(lit(1)).as(DOCUMENTS), sum(LENGTH).as(CHARACTERS))
            .persist(StorageLevel.MEMORY_AND_DISK()); // asked twice, the texts are read once
    try {
      describe("count " + what);
      Row all =
          groups
              .agg(
                  count(lit(1)),
                  coalesce(sum(DOCUMENTS), lit(0L)),
                  coalesce(sum(CHARACTERS), lit(0L)))
              .head();
      describe("largest " + what);
      List<Top.Group> largest =
          groups
              .orderBy(col(CHARACTERS).desc(), col(DOCUMENTS).desc(), col(NAME), col(WEB))
              .limit(most)
              .select(NAME, WEB, DOCUMENTS, CHARACTERS)
              .collectAsList()
              .stream()
              .map(
                  row ->
                      new Top.Group(
                          row.getString(0),
                          row.getBoolean(1),
                          new Count(row.getLong(2), row.getLong(3))))
              .toList();
      Count shown = largest.stream().map(Top.Group::count).reduce(Count.NONE, Count::plus);
      return new Top(
          largest, all.getLong(0), new Count(all.getLong(1), all.getLong(2)).minus(shown));
    } finally {
      groups.unpersist();
    }
  }

  /** The largest clusters of which documents were dropped, and what was kept for them. */
  List<Duplicate> duplicates(Dataset<Row> table) {
    describe("largest groups of duplicates");
    Column size =
        has(table, CLUSTER_SIZE) ? max(CLUSTER_SIZE) : count(lit(1)).plus(1); // and the one kept
    List<Row> largest =
        table
            .where(col(Verdict.REASON).startsWith(DEDUP_REASONS))
            .groupBy(Deduplication.CLUSTER)
            .agg(size.as(DOCUMENTS))
            .orderBy(col(DOCUMENTS).desc(), col(Deduplication.CLUSTER))
            .limit(DUPLICATES)
            .collectAsList();
    describe("what was kept of the largest groups of duplicates");
    Map<String, Row> keepers = new HashMap<>();
    table
        .where(
            col(Verdict.REASON)
                .isNull()
                .and(col(Document.ID).isin(largest.stream().map(r -> r.getString(0)).toArray())))
        .select(
            col(Document.ID),
            coalesce(col(Document.URL), col(Document.SOURCE)),
            substring(col(Document.TEXT), 1, OPENING))
        .limit(DUPLICATES)
        .collectAsList()
        .forEach(row -> keepers.put(row.getString(0), row));
    List<Duplicate> duplicates = new ArrayList<>();
    for (Row group : largest) {
      Row keeper = keepers.get(group.getString(0));
      duplicates.add(
          new Duplicate(
              group.getLong(1),
              group.getString(0),
              keeper == null ? "" : keeper.getString(1),
              keeper == null ? "" : keeper.getString(2)));
    }
    return duplicates;
  }

  /** Nothing where there is no column of scores; documents without a score do not count. */
  Optional<Scores> scores(Dataset<Row> table) {
    if (!has(table, QUALITY_SCORE)) {
      return Optional.empty();
    }
    describe("histogram of quality scores");
    Column score = col(QUALITY_SCORE);
    Column bin =
        least(greatest(floor(score.multiply(Scores.BINS)), lit(0L)), lit(Scores.BINS - 1L));
    Scores scores = new Scores(new long[Scores.BINS], new long[Scores.BINS]);
    table
        .where(score.isNotNull().and(score.isNaN().equalTo(false)))
        .groupBy(bin, col(Verdict.REASON).isNull())
        .agg(count(lit(1)))
        .collectAsList()
        .forEach(
            row ->
                (row.getBoolean(1) ? scores.kept() : scores.dropped())
                        [Math.toIntExact(row.getLong(0))] =
                    row.getLong(2));
    return Optional.of(scores);
  }

  /** Matches by class; nothing where there is no such column. */
  SortedMap<String, Long> redactions(Dataset<Row> kept) {
    SortedMap<String, Long> redactions = new TreeMap<>();
    if (has(kept, REDACTIONS)) {
      describe("count redactions");
      kept.select(explode(col(REDACTIONS)))
          .groupBy("key")
          .agg(sum(col("value").cast(DataTypes.LongType)))
          .collectAsList()
          .forEach(row -> redactions.put(row.getString(0), row.getLong(1)));
    }
    return redactions;
  }

  private static boolean has(Dataset<Row> table, String column) {
    return Arrays.asList(table.columns()).contains(column);
  }

  private void describe(String job) {
    spark.sparkContext().setJobDescription("report: " + job);
  }
}
