package org.sparkgpt.dedup;

import static org.apache.spark.sql.functions.xxhash64;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.StatCounter;

/**
 * A table computed here and now. Plans built on it begin at its stored rows, so an iteration's plan
 * does not grow; the RDD's lineage stays, so rows lost with an executor are computed again (which a
 * local checkpoint could not do).
 *
 * <p>Closing frees the rows. One that is never closed is freed by Spark's context cleaner when
 * nothing refers to it any more.
 */
final class Snapshot implements AutoCloseable {
  private static final int SMALL = 100_000;
  private static final String JOB_DESCRIPTION = "spark.job.description";

  private final JavaRDD<byte[]> stored;
  private final Dataset<Row> rows;
  private final long count;
  private final long checksum;

  private Snapshot(JavaRDD<byte[]> stored, Dataset<Row> rows) {
    this.stored = stored;
    this.rows = rows;
    Column[] columns = Arrays.stream(rows.columns()).map(functions::col).toArray(Column[]::new);
    long counted = 0;
    long combined = 0;
    // Not an aggregation of Spark SQL's: that is a shuffle, one for each of the many small tables.
    for (long[] digest :
        rows.select(xxhash64(columns)).javaRDD().mapPartitions(Snapshot::digest).collect()) {
      counted += digest[0];
      combined ^= digest[1];
    }
    count = counted;
    checksum = combined;
  }

  /** Of a partition's hashes: how many there are, and their XOR. */
  private static Iterator<long[]> digest(Iterator<Row> hashes) {
    long[] digest = new long[2];
    while (hashes.hasNext()) {
      digest[0]++;
      digest[1] ^= hashes.next().getLong(0);
    }
    return List.of(digest).iterator();
  }

  /**
   * @param table with columns that {@link PackedRows} takes
   * @param job what Spark's UI calls the work
   */
  static Snapshot take(Dataset<Row> table, String job) {
    SparkSession spark = table.sparkSession();
    SparkContext context = spark.sparkContext();
    String before = context.getLocalProperty(JOB_DESCRIPTION);
    context.setJobDescription(job);
    try {
      PackedRows packed = new PackedRows(table.schema());
      JavaRDD<byte[]> stored =
          table.javaRDD().mapPartitions(packed::blocks).persist(StorageLevel.MEMORY_AND_DISK_SER());
      JavaRDD<Row> rows = stored.flatMap(packed::rows);
      return new Snapshot(stored, spark.createDataFrame(rows, table.schema()));
    } finally {
      context.setJobDescription(before);
    }
  }

  Dataset<Row> rows() {
    return rows;
  }

  /** The rows, for a join that should not move the other side where there are few of these. */
  Dataset<Row> forJoin() {
    return count <= SMALL ? functions.broadcast(rows) : rows;
  }

  long count() {
    return count;
  }

  /**
   * Of an int or long column, over those rows for which the condition holds. Unlike an aggregation
   * of Spark SQL's it needs no shuffle.
   */
  StatCounter statistics(String column, Column condition) {
    return rows.where(condition)
        .select(column)
        .javaRDD()
        .aggregate(
            new StatCounter(),
            (sum, row) -> sum.merge(row.<Number>getAs(0).doubleValue()),
            StatCounter::merge);
  }

  /**
   * Whether two tables without repeated rows are equal: by their sizes and the XOR of 64-bit hashes
   * of their rows.
   */
  boolean hasRowsOf(Snapshot other) {
    return count == other.count && checksum == other.checksum;
  }

  @Override
  public void close() {
    stored.unpersist(false);
  }
}
