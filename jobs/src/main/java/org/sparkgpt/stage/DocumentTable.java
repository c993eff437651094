package org.sparkgpt.stage;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.corpus.Verdict;

/**
 * The documents that a stage wrote: Parquet (zstd) in two Hive partitions, {@code kept=true} with
 * the survivors and {@code kept=false} with the rejected ones and their reason, value and
 * threshold.
 */
public final class DocumentTable {
  /**
   * Of the tables of all stages together; part of each one's digest. Raise it when a stage reads a
   * column that tables of before lack, or when a column's type or meaning changes: they are made
   * again then, and no stage takes an older one for its own.
   */
  public static final int FORMAT_VERSION = 1;

  private static final String KEPT = "kept";

  private DocumentTable() {}

  /**
   * Writes a judged table in one pass and counts what it wrote.
   *
   * @throws IllegalArgumentException if nothing survived: a stage that keeps nothing is a mistake
   */
  public static Stage.Outcome write(Dataset<Row> judged, StageName stage, Path directory) {
    SparkSession spark = judged.sparkSession();
    spark.sparkContext().setJobDescription(stage + ": judge and write the documents");
    judged
        .withColumn(KEPT, col(Verdict.REASON).isNull())
        .write()
        .mode(SaveMode.Append) // the directory exists: the stage runner made it
        .partitionBy(KEPT)
        .option("compression", "zstd")
        .parquet(directory.toString());
    spark.sparkContext().setJobDescription(stage + ": count what was kept and dropped");
    SortedMap<String, Long> dropped = new TreeMap<>();
    long kept = 0;
    Dataset<Row> written =
        spark.read().schema(judged.schema().add(KEPT, "boolean")).parquet(directory.toString());
    List<Row> groups = written.groupBy(Verdict.REASON).count().collectAsList();
    spark.sparkContext().setJobDescription(null);
    for (Row group : groups) {
      if (group.isNullAt(0)) {
        kept = group.getLong(1);
      } else {
        dropped.put(group.getString(0), group.getLong(1));
      }
    }
    if (kept == 0) {
      throw new IllegalArgumentException(
          stage
              + " kept no document; dropped: "
              + (dropped.isEmpty() ? "none came in" : dropped)
              + "; check its input and its settings");
    }
    long rowsIn = kept + dropped.values().stream().mapToLong(Long::longValue).sum();
    return new Stage.Outcome(rowsIn, kept, dropped, Map.of());
  }

  /**
   * @param manifest of the table in {@code directory}
   * @throws IllegalArgumentException if another build wrote the table in another format
   */
  public static void requireFormat(StageManifest manifest, Path directory) {
    if (!Integer.valueOf(FORMAT_VERSION).equals(manifest.tableFormat())) {
      throw new IllegalArgumentException(
          directory
              + ": documents of format "
              + (manifest.tableFormat() == null ? "unknown" : manifest.tableFormat())
              + ", this build reads "
              + FORMAT_VERSION
              + "; make them again with scripts/sparkgpt "
              + manifest.stage()
              + " --overwrite");
    }
  }

  /** The survivors in {@code directory}, without the verdict's columns. */
  public static Dataset<Row> read(SparkSession spark, Path directory) {
    spark.sparkContext().setJobDescription("look up the columns of " + directory.getName());
    Dataset<Row> kept = spark.read().parquet(new Path(directory, KEPT + "=true").toString());
    spark.sparkContext().setJobDescription(null);
    return kept.drop(Verdict.REASON, Verdict.VALUE, Verdict.THRESHOLD);
  }

  /** All rows that a finished stage wrote: the dropped ones and the verdict's columns too. */
  public static Dataset<Row> readAll(SparkSession spark, Path directory, StageManifest manifest) {
    String[] partitions = // a stage may keep other files, tables even, beside them
        manifest.files().keySet().stream()
            .filter(file -> file.startsWith(KEPT + "="))
            .map(file -> new Path(directory, file).getParent().toString())
            .distinct()
            .toArray(String[]::new);
    spark.sparkContext().setJobDescription("look up the columns of " + directory.getName());
    Dataset<Row> all = spark.read().option("basePath", directory.toString()).parquet(partitions);
    spark.sparkContext().setJobDescription(null);
    return all;
  }
}
