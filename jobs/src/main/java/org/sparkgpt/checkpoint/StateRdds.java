package org.sparkgpt.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Training state between RDDs and a checkpoint's files. In an RDD it is pairs (chunk, segments of
 * that chunk as little-endian float32): the outer state partitioned by chunk and sorted within a
 * partition, the inner state with one partition for each worker. Files are read and written by the
 * executors; the driver sees their names, sizes and checksums.
 */
public final class StateRdds {
  private final JavaSparkContext spark;
  private final Broadcast<SerializableConfiguration> hadoop;

  public StateRdds(JavaSparkContext spark, Configuration hadoop) {
    this.spark = spark;
    this.hadoop = spark.broadcast(new SerializableConfiguration(hadoop));
  }

  /** The outer state, in the partitions it was written from. */
  public JavaPairRDD<Integer, byte[]> outer(Checkpoint checkpoint) {
    return read(checkpoint, StoredFile.Kind.OUTER);
  }

  /**
   * The inner state for {@code workers} workers. If as many wrote the checkpoint, each gets its
   * own. If more or fewer did, each gets the mean over all that wrote it, of every segment. That
   * keeps the averages of gradients and squared gradients what they estimate, and the mean of what
   * lossy messages still owe, which is what the parameters get of it, as it was.
   */
  public JavaPairRDD<Integer, byte[]> inner(Checkpoint checkpoint, int workers) {
    int writers = checkpoint.manifest().files(StoredFile.Kind.INNER).size();
    JavaPairRDD<Integer, byte[]> saved = read(checkpoint, StoredFile.Kind.INNER);
    return writers == workers ? saved : new Resharding(writers, workers).of(saved);
  }

  /** The records of one kind, a file a partition. */
  private JavaPairRDD<Integer, byte[]> read(Checkpoint checkpoint, StoredFile.Kind kind) {
    List<String> files = new ArrayList<>();
    checkpoint.manifest().files(kind).forEach(file -> files.add(json(file)));
    return spark
        .parallelize(files, Math.max(1, files.size()))
        .mapPartitionsToPair(new Read(checkpoint, hadoop));
  }

  /** Reads every file through and compares sizes and checksums, on the executors. */
  public void verify(Checkpoint checkpoint) {
    List<String> files = checkpoint.manifest().files().stream().map(StateRdds::json).toList();
    List<String> damaged =
        spark
            .parallelize(files, Math.max(1, files.size()))
            .mapPartitions(new Verify(new Read(checkpoint, hadoop)))
            .collect();
    if (!damaged.isEmpty()) {
      throw new CheckpointException(damaged.get(0));
    }
  }

  List<StoredFile> write(
      Path directory, JavaPairRDD<Integer, byte[]> outer, JavaPairRDD<Integer, byte[]> inner) {
    JavaRDD<String> written =
        write(directory, outer, StoredFile.Kind.OUTER)
            .union(write(directory, inner, StoredFile.Kind.INNER));
    List<StoredFile> files = new ArrayList<>();
    for (String file : written.collect()) {
      files.add(parse(file));
    }
    return files;
  }

  private JavaRDD<String> write(
      Path directory, JavaPairRDD<Integer, byte[]> state, StoredFile.Kind kind) {
    return state.mapPartitionsWithIndex(new Write(directory.toString(), kind, hadoop), true);
  }

  // Files travel as JSON: whatever spark.serializer is set to can write a string.
  private static String json(StoredFile file) {
    try {
      return Checkpoint.JSON.writeValueAsString(file);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static StoredFile parse(String json) {
    try {
      return Checkpoint.JSON.readValue(json, StoredFile.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Read
      implements PairFlatMapFunction<Iterator<String>, Integer, byte[]> {
    private final String directory;
    private final int longestOuter;
    private final int longestInner;
    private final Broadcast<SerializableConfiguration> hadoop;

    Read(Checkpoint checkpoint, Broadcast<SerializableConfiguration> hadoop) {
      directory = checkpoint.path().toString();
      longestOuter = checkpoint.manifest().recordBytes(StoredFile.Kind.OUTER);
      longestInner = checkpoint.manifest().recordBytes(StoredFile.Kind.INNER);
      this.hadoop = hadoop;
    }

    @Override
    public Iterator<Tuple2<Integer, byte[]>> call(Iterator<String> files) throws IOException {
      if (!files.hasNext()) { // one file a partition, or none
        return List.<Tuple2<Integer, byte[]>>of().iterator();
      }
      StoredFile file = parse(files.next());
      Path path = new Path(directory);
      int longest = file.kind() == StoredFile.Kind.OUTER ? longestOuter : longestInner;
      return StateFile.read(path.getFileSystem(hadoop.value().value()), path, file, longest);
    }
  }

  private static final class Verify implements FlatMapFunction<Iterator<String>, String> {
    private final Read read;

    Verify(Read read) {
      this.read = read;
    }

    @Override
    public Iterator<String> call(Iterator<String> files) throws IOException {
      try {
        read.call(files).forEachRemaining(record -> {});
        return List.<String>of().iterator();
      } catch (CheckpointException e) {
        return List.of(e.getMessage()).iterator();
      }
    }
  }

  private static final class Write
      implements Function2<Integer, Iterator<Tuple2<Integer, byte[]>>, Iterator<String>> {
    private final String directory;
    private final StoredFile.Kind kind;
    private final Broadcast<SerializableConfiguration> hadoop;

    Write(String directory, StoredFile.Kind kind, Broadcast<SerializableConfiguration> hadoop) {
      this.directory = directory;
      this.kind = kind;
      this.hadoop = hadoop;
    }

    @Override
    public Iterator<String> call(Integer partition, Iterator<Tuple2<Integer, byte[]>> records)
        throws IOException {
      // A second attempt of the task, or one beside it, must not meet the first one's file.
      String name =
          String.format(
              "%s-%05d.%d.bin",
              kind.name().toLowerCase(java.util.Locale.ROOT),
              partition,
              TaskContext.get().taskAttemptId());
      Path file = new Path(directory, name);
      FileSystem fs = file.getFileSystem(hadoop.value().value());
      try {
        return List.of(json(StateFile.write(fs, file, kind, partition, records))).iterator();
      } catch (IOException e) {
        remove(fs, file, e); // its room may be what the next attempt needs
        throw new CheckpointException(
            file + ": cannot be written: " + CheckpointException.reason(e), e);
      }
    }

    private static void remove(FileSystem fs, Path file, IOException failure) {
      try {
        fs.delete(file, false);
      } catch (IOException e) {
        failure.addSuppressed(e); // the directory is deleted later, with all that is in it
      }
    }
  }
}
