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
import org.sparkgpt.extract.ExtractConfig;

/** What a task does: reads its slices. */
final class ReadSlices implements FlatMapFunction<Iterator<List<FileSlice>>, Row> {
  private final Broadcast<SerializableConfiguration> hadoop;
  private final IngestConfig config;
  private final ExtractConfig extract;

  ReadSlices(
      Broadcast<SerializableConfiguration> hadoop, IngestConfig config, ExtractConfig extract) {
    this.hadoop = hadoop;
    this.config = config;
    this.extract = extract;
  }

  @Override
  public Iterator<Row> call(Iterator<List<FileSlice>> partition) {
    List<FileSlice> slices = new ArrayList<>();
    partition.forEachRemaining(slices::addAll);
    RecordFormats formats = new RecordFormats(hadoop.value().value(), config, extract);
    SliceRows rows = new SliceRows(slices.iterator(), formats);
    TaskCompletionListener close = task -> rows.close();
    TaskContext.get().addTaskCompletionListener(close);
    return rows;
  }
}
