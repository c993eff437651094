package org.sparkgpt.jobs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.dedup.MinHashConfig;
import org.sparkgpt.dedup.PlantedDuplicates;
import org.sparkgpt.stage.DocumentTable;

/**
 * Texts with copies of some of them, edited to similarities from {@value #LEAST} to {@value #MOST}.
 *
 * @param texts the originals, then the copies
 * @param pairs what is a copy of what
 */
record PlantedTexts(List<String> texts, List<Pair> pairs) {
  static final double LEAST = 0.5;
  static final double MOST = 0.95;

  /** How far a similarity may be from the wanted one; short texts have few. */
  private static final double TOLERANCE = 0.05;

  /** An original and its copy, their places in the texts, and their true similarity. */
  record Pair(int original, int copy, double jaccard) {}

  static List<String> madeUp(MinHashConfig config, long seed, int count, int words) {
    PlantedDuplicates maker = new PlantedDuplicates(config, seed);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(maker.document(words));
    }
    return texts;
  }

  /** The first texts, by id, that a stage kept. */
  static List<String> read(SparkSession spark, String directory, int count) {
    Iterator<Row> rows =
        DocumentTable.read(spark, new Path(directory))
            .select(Document.ID, Document.TEXT)
            .dropDuplicates(Document.ID)
            .orderBy(Document.ID)
            .toLocalIterator(); // not all at once: Spark takes no result above a gigabyte
    List<String> texts = new ArrayList<>();
    while (texts.size() < count && rows.hasNext()) {
      texts.add(rows.next().getString(1));
    }
    return texts;
  }

  static PlantedTexts of(List<String> originals, int copies, MinHashConfig config, long seed) {
    PlantedDuplicates maker = new PlantedDuplicates(config, seed);
    List<String> texts = new ArrayList<>(originals);
    List<Pair> pairs = new ArrayList<>();
    for (int c = 0; c < copies; c++) {
      double wanted = LEAST + (MOST - LEAST) * (c + 0.5) / copies;
      int original = (int) ((long) c * originals.size() / copies);
      PlantedDuplicates.Copy copy = maker.edited(originals.get(original), wanted);
      if (Math.abs(copy.jaccard() - wanted) < TOLERANCE) {
        pairs.add(new Pair(original, texts.size(), copy.jaccard()));
        texts.add(copy.text());
      }
    }
    return new PlantedTexts(texts, pairs);
  }

  /** Puts them into Parquet files, as a stage would find them. */
  Dataset<Row> write(SparkSession spark, String directory) {
    List<Row> rows =
        texts.stream().distinct().map(text -> Document.of(text, "bench", null).toRow()).toList();
    spark
        .createDataFrame(rows, Document.SCHEMA)
        .repartition(2 * spark.sparkContext().defaultParallelism())
        .write()
        .option("compression", "zstd")
        .parquet(directory);
    return spark.read().parquet(directory);
  }

  /** Of the texts in UTF-8. */
  long bytes() {
    return texts.stream().mapToLong(t -> t.getBytes(StandardCharsets.UTF_8).length).sum();
  }
}
