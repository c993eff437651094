package org.sparkgpt.train;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.rdd.RDD;
import scala.Tuple2;

/**
 * The state of training between two rounds, as RDDs of {@link Message}s.
 *
 * @param outer parameters and what the strategy keeps beside them, partitioned by owner, chunks in
 *     order within a partition
 * @param inner AdamW's moments and what lossy deltas left over, one partition for each worker
 * @param persisted RDDs that hold it, to be released when the next state has been computed
 */
record TrainingState(RDD<byte[]> outer, RDD<byte[]> inner, List<RDD<byte[]>> persisted) {

  /** What a checkpoint has, (chunk, segments), as messages of a kind. */
  static RDD<byte[]> messages(JavaPairRDD<Integer, byte[]> records, MessageKey.Kind kind) {
    return Partitions.messages(records.rdd(), new FromRecords(kind));
  }

  /** {@link #outer} as a checkpoint has it. */
  JavaPairRDD<Integer, byte[]> outerRecords() {
    return records(outer);
  }

  /** {@link #inner} as a checkpoint has it. */
  JavaPairRDD<Integer, byte[]> innerRecords() {
    return records(inner);
  }

  private static JavaPairRDD<Integer, byte[]> records(RDD<byte[]> messages) {
    return JavaPairRDD.fromJavaRDD(Partitions.map(messages, new ToRecords()).toJavaRDD());
  }

  private static final class FromRecords
      implements FlatMapFunction<Iterator<Tuple2<Integer, byte[]>>, byte[]> {
    private final MessageKey.Kind kind;

    FromRecords(MessageKey.Kind kind) {
      this.kind = kind;
    }

    @Override
    public Iterator<byte[]> call(Iterator<Tuple2<Integer, byte[]>> records) {
      return Iterators.map(
          records, record -> Message.of(MessageKey.of(kind, record._1(), 0), record._2()));
    }
  }

  private static final class ToRecords
      implements FlatMapFunction<Iterator<byte[]>, Tuple2<Integer, byte[]>> {
    @Override
    public Iterator<Tuple2<Integer, byte[]>> call(Iterator<byte[]> messages) {
      return Iterators.map(
          messages,
          message ->
              new Tuple2<>(MessageKey.chunk(Message.key(message)), Message.payload(message)));
    }
  }

  /** Frees memory and disk on the executors. */
  void release() {
    persisted.forEach(rdd -> rdd.unpersist(false));
  }

  /**
   * Deletes the shuffle files this state was made from. If an executor is lost now, another has a
   * copy of its state; if that one is lost as well, it is computed again from the last checkpoint.
   * Waiting for the driver's garbage collector to delete them would fill the disks with a copy of
   * the parameters per round and worker.
   */
  void deleteShuffles() {
    persisted.forEach(rdd -> rdd.cleanShuffleDependencies(false));
  }
}
