package org.sparkgpt.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.quality.Quality;
import org.sparkgpt.quality.QualityConfig;
import org.sparkgpt.quality.QualityModel;
import org.sparkgpt.quality.QualityTraining;
import org.sparkgpt.stage.DocumentTable;
import org.sparkgpt.stage.StageManifest;

/**
 * What the stage {@code quality} does: trains a model or takes an earlier one, scores, keeps it.
 */
final class QualityWork {
  private final QualityConfig config;
  private final long seed;
  private final Supplier<SparkSession> spark;
  private final Map<String, Object> figures = new LinkedHashMap<>();
  private QualityModel model;

  QualityWork(QualityConfig config, long seed, Supplier<SparkSession> spark) {
    config.requireRunnable();
    this.config = config;
    this.seed = seed;
    this.spark = spark;
  }

  /** Digests of what other runs give. */
  Map<String, String> inputs() throws IOException {
    Map<String, String> inputs = new LinkedHashMap<>();
    if (config.model() != null) {
      inputs.put("model", finished("quality.model", config.model()).digest());
    }
    for (String table : config.positiveTables()) {
      inputs.put("positives " + table, table("quality.positiveTables", table));
    }
    for (String table : config.negativeTables()) {
      inputs.put("negatives " + table, table("quality.negativeTables", table));
    }
    return inputs;
  }

  private static String table(String key, String directory) throws IOException {
    StageManifest manifest = finished(key, directory);
    DocumentTable.requireFormat(manifest, new Path(directory));
    return manifest.digest();
  }

  private static StageManifest finished(String key, String directory) throws IOException {
    Path path = new Path(directory);
    return StageManifest.find(path.getFileSystem(Sessions.hadoopConfiguration()), path)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    key
                        + ": "
                        + directory
                        + ": no stage has finished here; name a directory such as runs/books/"
                        + (key.endsWith("model") ? "quality" : "dedup")));
  }

  Dataset<Row> judge(Dataset<Row> documents) {
    model = config.model() == null ? train(documents) : load();
    return Quality.annotate(documents, config, model, seed);
  }

  private QualityModel load() {
    Path directory = new Path(config.model());
    return QualityModel.load(fileSystem(directory), directory);
  }

  private QualityModel train(Dataset<Row> documents) {
    Dataset<Row> positives =
        with(Quality.matching(documents, config, true), config.positiveTables());
    Dataset<Row> negatives =
        config.negativeTables().isEmpty()
            ? Quality.matching(documents, config, false)
            : with(documents.limit(0), config.negativeTables());
    QualityTraining.Result result =
        QualityTraining.train(positives, negatives, config.examples(), seed);
    figures.put("good examples", result.positives());
    figures.put("raw examples", result.negatives());
    figures.put("held-out documents", result.heldOut());
    if (!Double.isNaN(result.auc())) {
      figures.put("held-out accuracy", result.accuracy());
      figures.put("held-out AUC", result.auc());
    }
    return result.model();
  }

  private Dataset<Row> with(Dataset<Row> documents, List<String> tables) {
    Dataset<Row> all = documents.select(Document.ID, Document.TEXT);
    for (String table : tables) {
      all =
          all.union(
              DocumentTable.read(spark.get(), new Path(table)).select(Document.ID, Document.TEXT));
    }
    return all;
  }

  /** Keeps the model beside the documents; how well it did when it was tested. */
  Map<String, Object> finish(Path directory) {
    model.save(fileSystem(directory), directory);
    return figures;
  }

  private static FileSystem fileSystem(Path path) {
    try {
      return path.getFileSystem(Sessions.hadoopConfiguration());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
