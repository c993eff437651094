package org.sparkgpt.tokenize;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * How many shards there are and which documents each gets: the range of 63-bit places is cut into
 * equal parts, so reading the shards in order is reading the documents by place. A part that no
 * document falls into gives no shard. Depends on the documents and the config only.
 *
 * @param parts train's and val's number of parts
 * @param filled the parts that hold documents, ascending: train's and val's
 */
record ShardPlan(int[] parts, int[][] filled) implements Serializable {
  static final String PART = "part";

  /**
   * @param totals tokens of train and of val
   * @param encoded rows of {@link EncodeDocuments#SCHEMA}
   */
  static ShardPlan of(Dataset<Row> encoded, long[] totals, long shardTokens) {
    int[] parts =
        Arrays.stream(totals)
            .mapToInt(tokens -> Math.toIntExact((tokens + shardTokens - 1) / shardTokens))
            .toArray();
    List<Row> found =
        encoded
            .select(col(EncodeDocuments.IS_VAL), part(parts).as(PART))
            .distinct()
            .collectAsList(); // as many rows as shards
    int[][] filled =
        IntStream.of(0, 1)
            .mapToObj(
                split ->
                    found.stream()
                        .filter(row -> row.getBoolean(0) == (split == 1))
                        .mapToInt(row -> row.getInt(1))
                        .sorted()
                        .toArray())
            .toArray(int[][]::new);
    return new ShardPlan(parts, filled);
  }

  /** The part that a document belongs to: place / 2^63 * parts. */
  Column part() {
    return part(parts);
  }

  private static Column part(int[] parts) {
    Column count =
        functions
            .when(col(EncodeDocuments.IS_VAL), lit((long) parts[1]))
            .otherwise((long) parts[0]);
    Column high = functions.shiftrightunsigned(col(EncodeDocuments.PLACE), 31);
    return functions.shiftrightunsigned(high.multiply(count), 32).cast("int");
  }

  int shards() {
    return filled[0].length + filled[1].length;
  }

  /** {@code val/part-00000-of-00004.parquet}. */
  String path(boolean isVal, int part) {
    int[] shards = filled[isVal ? 1 : 0];
    return "%s/part-%05d-of-%05d.parquet"
        .formatted(
            isVal ? TokenManifest.VAL : TokenManifest.TRAIN,
            Arrays.binarySearch(shards, part),
            shards.length);
  }
}
