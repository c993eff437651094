package org.sparkgpt.ingest;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/** What a task does: reads its slices. */
final class ReadSlices implements FlatMapFunction<Iterator<List<FileSlice>>, Row> {
  private final Broadcast<SerializableConfiguration> hadoop;
  private final IngestConfig config;

  ReadSlices(Broadcast<SerializableConfiguration> hadoop, IngestConfig config) {
    this.hadoop = hadoop;
    this.config = config;
  }

  @Override
  public Iterator<Row> call(Iterator<List<FileSlice>> partition) {
    List<FileSlice> slices = new ArrayList<>();
    partition.forEachRemaining(slices::addAll);
    SliceRows rows =
        new SliceRows(slices.iterator(), new RecordFormats(hadoop.value().value(), config));
    TaskCompletionListener close = task -> rows.close();
    TaskContext.get().addTaskCompletionListener(close);
    return rows;
  }
}
