package org.sparkgpt.dedup;

import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/** Brings rows to partitions of given numbers, so that texts need not move. */
final class Routing extends Partitioner {
  static final String PLACE = "place";

  private final int partitions;

  private Routing(int partitions) {
    this.partitions = partitions;
  }

  /**
   * @param rows with the partition's number in {@link #PLACE}
   * @return the rows without a schema, each in its partition
   */
  static JavaRDD<Row> route(Dataset<Row> rows, int partitions) {
    PackedRows packed = new PackedRows(rows.schema());
    int place = rows.schema().fieldIndex(PLACE);
    return rows.javaRDD()
        .mapToPair(row -> new Tuple2<>(row.getInt(place), packed.pack(row)))
        .partitionBy(new Routing(partitions))
        .values()
        .map(packed::unpack);
  }

  @Override
  public int numPartitions() {
    return partitions;
  }

  @Override
  public int getPartition(Object key) {
    return (Integer) key;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Routing routing && routing.partitions == partitions;
  }

  @Override
  public int hashCode() {
    return partitions;
  }
}
