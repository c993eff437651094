package org.sparkgpt.jobs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.feature.MinHashLSH;
import org.apache.spark.ml.feature.MinHashLSHModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.dedup.MinHashConfig;
import org.sparkgpt.dedup.Shingles;

/** Near duplicates by Spark MLlib, over the same shingle sets: the yardstick. */
final class MinHashLshJoin {
  private static final int DIMENSIONS = 1 << 30;
  private static final String FEATURES = "features";

  private MinHashLshJoin() {}

  /**
   * The number of hash tables whose recall is closest to {@code recall}.
   *
   * @param similarities of the pairs that are to be found
   */
  static int tables(List<Double> similarities, double recall) {
    return IntStream.rangeClosed(1, 100)
        .boxed()
        .min(Comparator.comparingDouble(t -> Math.abs(recall(similarities, t) - recall)))
        .orElseThrow();
  }

  /** The share of these pairs that so many tables can be expected to find. */
  static double recall(List<Double> similarities, int tables) {
    return similarities.stream().mapToDouble(s -> 1 - Math.pow(1 - s, tables)).average().orElse(0);
  }

  /** (first, second): the ids of all pairs of this similarity that it finds, each once. */
  static Dataset<Row> pairs(
      Dataset<Row> documents, MinHashConfig config, double minJaccard, int tables, long seed) {
    Dataset<Row> sets =
        documents
            .select(
                col(Document.ID),
                udf(new ShingleVector(config), SQLDataTypes.VectorType())
                    .apply(col(Document.TEXT))
                    .as(FEATURES))
            .where(col(FEATURES).isNotNull());
    MinHashLSHModel model =
        new MinHashLSH()
            .setNumHashTables(tables)
            .setInputCol(FEATURES)
            .setOutputCol("hashes")
            .setSeed(seed)
            .fit(sets);
    return model
        .approxSimilarityJoin(sets, sets, 1 - minJaccard + 1e-9, "distance")
        .select(
            col("datasetA." + Document.ID).as("first"), col("datasetB." + Document.ID).as("second"))
        .where(col("first").lt(col("second")));
  }

  private static final class ShingleVector implements UDF1<String, Vector> {
    private final MinHashConfig config;

    ShingleVector(MinHashConfig config) {
      this.config = config;
    }

    @Override
    public Vector call(String text) {
      int[] set = new Shingles(config).distinct(text);
      for (int i = 0; i < set.length; i++) {
        set[i] >>>= 2; // MLlib's hash takes 31 bits and no more than its prime
      }
      int[] indices = Arrays.stream(set).sorted().distinct().toArray();
      double[] ones = new double[indices.length];
      Arrays.fill(ones, 1);
      return indices.length == 0 ? null : Vectors.sparse(DIMENSIONS, indices, ones);
    }
  }
}
