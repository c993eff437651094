package org.sparkgpt.quality;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.udf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Hash64;

/**
 * Trains GPT-3's quality classifier (Brown et al. 2020, appendix A): Spark ML's logistic regression
 * with its default settings on hashed word counts, of good against raw text.
 *
 * <p>Of each class the {@code quality.examples} documents with the smallest hash of seed and id are
 * the sample, equal texts once; of these the tenth with the very smallest is held out. Both classes
 * have the same weight, so a score of 0.5 does not depend on how many examples each has.
 *
 * <p>Sums of doubles depend on their order, so all examples lie in one partition, sorted: the same
 * documents and seed give the same bits of the model for any partitions, executors and retries.
 * Another processor's or library's linear algebra may differ in the last ones; runs that must agree
 * across machines share a model by {@code quality.model}.
 */
public final class QualityTraining {
  private static final String KEY = "key";
  private static final String LABEL = "label";
  private static final String WEIGHT = "weight";
  private static final String VECTOR = "features";
  private static final int HELD_OUT = 10; // one in so many
  private static final int ITERATIONS = 100; // LogisticRegression's own default, as the next one
  private static final double TOLERANCE = 1e-6;

  private static final StructType EXAMPLES =
      new StructType()
          .add(KEY, DataTypes.LongType, false)
          .add(LABEL, DataTypes.DoubleType, false)
          .add(WEIGHT, DataTypes.DoubleType, false)
          .add(VECTOR, SQLDataTypes.VectorType(), false);

  private QualityTraining() {}

  /**
   * What training made.
   *
   * @param positives examples of good text trained with, without those held out
   * @param negatives likewise of raw text
   * @param heldOut documents it was tested with
   * @param accuracy share of these on the right side of 0.5; NaN if a class had fewer than 10
   * @param auc probability that a good one scores above a raw one, ties half; NaN likewise
   */
  public record Result(
      QualityModel model, int positives, int negatives, int heldOut, double accuracy, double auc) {}

  /** The sampled keys of a class: those up to {@code heldOut} are held out. */
  private record Sample(Dataset<Row> documents, int held, int trained, long heldOut, long last) {}

  /**
   * @param positives documents of good text, read twice
   * @param negatives documents of raw text, read twice
   * @param examples most documents of a class
   * @throws IllegalArgumentException if a class has no document
   */
  public static Result train(
      Dataset<Row> positives, Dataset<Row> negatives, int examples, long seed) {
    SparkSession spark = positives.sparkSession();
    try {
      Sample good = sample(positives, examples, seed);
      Sample raw = sample(negatives, examples, seed);
      requireBoth(good, raw);
      spark.sparkContext().setJobDescription("quality: train the classifier");
      QualityModel model = fit(good, raw, seed);
      spark.sparkContext().setJobDescription("quality: score the documents held out");
      double[] goodScores = heldOutScores(good, model, seed);
      double[] rawScores = heldOutScores(raw, model, seed);
      return new Result(
          model,
          good.trained(),
          raw.trained(),
          goodScores.length + rawScores.length,
          accuracy(goodScores, rawScores),
          auc(goodScores, rawScores));
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  private static void requireBoth(Sample good, Sample raw) {
    if (good.trained() == 0) {
      throw new IllegalArgumentException(
          "quality: no good text to train with: no document's source or URL matches"
              + " quality.positives, and quality.positiveTables have none");
    }
    if (raw.trained() == 0) {
      throw new IllegalArgumentException(
          "quality: no raw text to train against: every document matches quality.positives; name"
              + " quality.negativeTables");
    }
  }

  private static Column key(long seed) {
    return udf(
            (UDF1<String, Long>) id -> Hash64.append(Hash64.mix(~seed), Hash64.of(id)),
            DataTypes.LongType)
        .apply(col(Document.ID));
  }

  /** Only keys come to the driver: at most {@code examples} of them. */
  private static Sample sample(Dataset<Row> documents, int examples, long seed) {
    documents.sparkSession().sparkContext().setJobDescription("quality: choose the examples");
    List<Row> keys =
        documents.select(key(seed).as(KEY)).distinct().orderBy(KEY).limit(examples).collectAsList();
    int held = keys.size() / HELD_OUT;
    return new Sample(
        documents,
        held,
        keys.size() - held,
        held == 0 ? Long.MIN_VALUE : keys.get(held - 1).getLong(0),
        keys.isEmpty() ? Long.MIN_VALUE : keys.get(keys.size() - 1).getLong(0));
  }

  /** (key, text) of the sampled documents, each key once; held out or not. */
  private static Dataset<Row> texts(Sample sample, boolean heldOut, long seed) {
    Column wanted = col(KEY).leq(sample.last());
    if (sample.held() > 0) {
      wanted = wanted.and(heldOut ? col(KEY).leq(sample.heldOut()) : col(KEY).gt(sample.heldOut()));
    }
    return sample
        .documents()
        .select(key(seed).as(KEY), col(Document.TEXT))
        .where(wanted)
        .groupBy(KEY)
        .agg(min(Document.TEXT).as(Document.TEXT));
  }

  private static QualityModel fit(Sample good, Sample raw, long seed) {
    double all = good.trained() + raw.trained();
    Dataset<Row> examples =
        examples(good, 1, all / (2 * good.trained()), seed)
            .union(examples(raw, 0, all / (2 * raw.trained()), seed))
            .repartition(1)
            .sortWithinPartitions(KEY, LABEL);
    LogisticRegressionModel fitted =
        new LogisticRegression()
            .setLabelCol(LABEL)
            .setWeightCol(WEIGHT)
            .setFeaturesCol(VECTOR)
            .setMaxIter(ITERATIONS)
            .setTol(TOLERANCE)
            .fit(examples);
    return new QualityModel(fitted.intercept(), fitted.coefficients().toArray());
  }

  private static Dataset<Row> examples(Sample sample, double label, double weight, long seed) {
    return texts(sample, false, seed)
        .withColumn(LABEL, lit(label))
        .withColumn(WEIGHT, lit(weight))
        .mapPartitions(new Vectorize(), Encoders.row(EXAMPLES));
  }

  /** Bounded by {@code quality.examples}; empty if too few documents were sampled. */
  private static double[] heldOutScores(Sample sample, QualityModel model, long seed) {
    if (sample.held() == 0) {
      return new double[0];
    }
    Broadcast<QualityModel> shared = Quality.broadcast(sample.documents(), model);
    return texts(sample, true, seed)
        .mapPartitions(
            (MapPartitionsFunction<Row, Double>)
                rows -> {
                  WordFeatures words = new WordFeatures();
                  List<Double> scores = new ArrayList<>();
                  rows.forEachRemaining(
                      row -> scores.add(shared.value().score(row.getString(1), words)));
                  return scores.iterator();
                },
            Encoders.DOUBLE())
        .collectAsList()
        .stream()
        .mapToDouble(Double::doubleValue)
        .sorted()
        .toArray();
  }

  private static double accuracy(double[] good, double[] raw) {
    if (good.length == 0 || raw.length == 0) {
      return Double.NaN;
    }
    long right =
        Arrays.stream(good).filter(s -> s >= 0.5).count()
            + Arrays.stream(raw).filter(s -> s < 0.5).count();
    return (double) right / (good.length + raw.length);
  }

  /**
   * Area under the ROC curve: the share of (good, raw) pairs in the right order, ties half.
   *
   * @param good ascending
   * @param raw ascending
   */
  static double auc(double[] good, double[] raw) {
    long twice = 0;
    int below = 0;
    int notAbove = 0;
    for (double score : good) {
      while (below < raw.length && raw[below] < score) {
        below++;
      }
      while (notAbove < raw.length && raw[notAbove] <= score) {
        notAbove++;
      }
      twice += below + notAbove;
    }
    return twice / (2.0 * good.length * raw.length); // NaN without a pair
  }

  private static final class Vectorize implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      WordFeatures words = new WordFeatures();
      int[] counts = new int[WordFeatures.COUNT];
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public Row next() {
          Row row = rows.next();
          int[] indices = count(row.getString(1), words, counts);
          double[] values = new double[indices.length];
          for (int i = 0; i < indices.length; i++) {
            values[i] = counts[indices[i]];
            counts[indices[i]] = 0; // for the next text
          }
          return RowFactory.create(
              row.get(0),
              row.get(2),
              row.get(3),
              Vectors.sparse(WordFeatures.COUNT, indices, values));
        }
      };
    }

    /** Counts into {@code counts}, which is 0 everywhere; the features that occur, ascending. */
    private static int[] count(String text, WordFeatures words, int[] counts) {
      int[] seen = new int[16];
      int distinct = 0;
      words.read(text);
      for (int feature = words.next(); feature >= 0; feature = words.next()) {
        if (counts[feature]++ == 0) {
          if (distinct == seen.length) {
            seen = Arrays.copyOf(seen, 2 * distinct);
          }
          seen[distinct++] = feature;
        }
      }
      int[] indices = Arrays.copyOf(seen, distinct);
      Arrays.sort(indices);
      return indices;
    }
  }
}
