package org.sparkgpt.quality;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.DocumentJudge;
import org.sparkgpt.corpus.Verdict;

/**
 * Scores documents with a classifier of good against raw text, and keeps them by their score.
 *
 * <ul>
 *   <li>{@code quality/pareto}: the value is the score, the threshold the least score with which
 *       this document would have been kept: see {@link Pareto}.
 *   <li>{@code quality/score}: the score is below {@code quality.minScore}.
 * </ul>
 *
 * Documents that match {@code quality.positives} have a score but are always kept: GPT-3 selected
 * among Common Crawl's documents only. Each row is judged alone, so the result does not depend on
 * how rows are spread.
 */
public final class Quality {
  /** The classifier's probability that the document is good: 0 to 1. */
  public static final String SCORE = "quality_score";

  static final String PARETO = "quality/pareto";
  static final String THRESHOLD = "quality/score";

  private Quality() {}

  /**
   * All rows of {@code documents}, their columns untouched, with {@link #SCORE} and a {@link
   * Verdict} appended.
   *
   * @param seed of the draw of {@link Selection#PARETO}
   */
  public static Dataset<Row> annotate(
      Dataset<Row> documents, QualityConfig config, QualityModel model, long seed) {
    StructType schema = documents.schema();
    int id = schema.fieldIndex(Document.ID);
    int text = schema.fieldIndex(Document.TEXT);
    int source = schema.fieldIndex(Document.SOURCE);
    int url = schema.fieldIndex(Document.URL);
    Patterns positives = new Patterns(config.positives());
    Broadcast<QualityModel> shared = broadcast(documents, model);
    return DocumentJudge.judgeAll(
        documents,
        new StructType().add(SCORE, DataTypes.DoubleType, false),
        () -> {
          WordFeatures words = new WordFeatures();
          return row -> {
            double score = shared.value().score(row.getString(text), words);
            boolean isPositive = positives.match(row.getString(source), row.getString(url));
            Verdict verdict = isPositive ? null : judge(row.getString(id), score, config, seed);
            return new DocumentJudge.Judged(row.getString(text), verdict, score);
          };
        });
  }

  /** Two megabytes: sent to each executor once, not with each task. */
  static Broadcast<QualityModel> broadcast(Dataset<Row> documents, QualityModel model) {
    return JavaSparkContext.fromSparkContext(documents.sparkSession().sparkContext())
        .broadcast(model);
  }

  /** The documents that match {@code quality.positives}, or those that do not. */
  public static Dataset<Row> matching(
      Dataset<Row> documents, QualityConfig config, boolean positive) {
    Patterns patterns = new Patterns(config.positives());
    return documents.filter(
        (FilterFunction<Row>)
            row -> positive == patterns.match(row.getAs(Document.SOURCE), row.getAs(Document.URL)));
  }

  /**
   * Why a document is dropped, or null if it is kept.
   *
   * @param score 0 to 1
   */
  static Verdict judge(String id, double score, QualityConfig config, long seed) {
    return switch (config.select()) {
      case NONE -> null;
      case PARETO -> below(PARETO, score, Pareto.leastScore(seed, id));
      case THRESHOLD -> below(THRESHOLD, score, config.minScore());
    };
  }

  private static Verdict below(String reason, double score, double least) {
    return score < least ? new Verdict(reason, score, least) : null;
  }
}
