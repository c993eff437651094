package org.sparkgpt.jobs;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.clean.CleanConfig;
import org.sparkgpt.clean.Cleaned;
import org.sparkgpt.clean.Cleaning;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;

/**
 * A document as the rules of a run meet it.
 *
 * @param language ISO 639-3
 * @param url null if it has none
 */
record RulesSample(String text, String language, String url) {
  /** What is held in memory at most, whatever the user asks for: UTF-16 units. */
  private static final long MAX_CHARACTERS = 1L << 27;

  /**
   * The first documents in the order of their ids, which are hashes: a fair sample. Those that the
   * stage clean wrote are taken as they are, rejected ones too unless for their language; others
   * are repaired and normalised first.
   *
   * @param directory of a stage, or of any Parquet files with the documents' columns
   */
  static List<RulesSample> read(
      SparkSession spark, String directory, CleanConfig config, int documents) {
    Dataset<Row> table = spark.read().parquet(directory);
    List<String> columns = Arrays.asList(table.columns());
    if (!columns.contains(Document.TEXT) || !columns.contains(Document.ID)) {
      throw new IllegalArgumentException(
          directory + ": no table of documents: it has the columns " + columns);
    }
    boolean cleaned = columns.contains(Cleaning.LANGUAGE);
    if (columns.contains(Verdict.REASON)) {
      table = table.where(cleaned ? reachedTheRules() : col(Verdict.REASON).isNull());
    }
    spark.sparkContext().setJobDescription("bench rules: read documents in the order of their ids");
    Iterator<Row> rows = table.orderBy(Document.ID, Document.SOURCE).toLocalIterator();
    List<RulesSample> samples = new ArrayList<>();
    long characters = 0;
    while (rows.hasNext() && samples.size() < documents && characters < MAX_CHARACTERS) {
      RulesSample sample = of(rows.next(), cleaned, config);
      if (!sample.text.isEmpty()) {
        samples.add(sample);
        characters += sample.text.length();
      }
    }
    spark.sparkContext().setJobDescription(null);
    if (samples.isEmpty()) {
      throw new IllegalArgumentException(directory + ": no document in it");
    }
    return samples;
  }

  private static Column reachedTheRules() {
    Column reason = col(Verdict.REASON);
    return reason
        .isNull()
        .or(reason.notEqual("empty").and(reason.startsWith("language").equalTo(false)));
  }

  private static RulesSample of(Row row, boolean isCleaned, CleanConfig config) {
    String text = row.getAs(Document.TEXT);
    String url = row.getAs(Document.URL);
    if (isCleaned) {
      return new RulesSample(text, row.getAs(Cleaning.LANGUAGE), url);
    }
    Cleaned cleaned = Cleaning.clean(text, config);
    return new RulesSample(cleaned.text(), cleaned.language(), url);
  }
}
