package org.sparkgpt.checkpoint;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import scala.Tuple2;

/**
 * The inner state of {@code writers} workers for another number of them: everyone gets the mean,
 * summed in double in the writers' order. Chunks meet through the shuffle; a task has one in memory
 * at a time. A key is {@code chunk << 32 | worker}.
 */
record Resharding(int writers, int workers) implements Serializable {

  /**
   * @param saved (chunk, segments), one partition for each writer
   * @return (chunk, mean of the segments), one partition for each worker
   */
  JavaPairRDD<Integer, byte[]> of(JavaPairRDD<Integer, byte[]> saved) {
    return saved
        .mapPartitionsToPair(new Label())
        .repartitionAndSortWithinPartitions(new ByChunk(writers))
        .mapPartitionsToPair(new Mean(workers))
        .repartitionAndSortWithinPartitions(new ByWorker(workers))
        .mapToPair(message -> new Tuple2<>(chunk(message._1()), message._2()));
  }

  private static long key(int chunk, int worker) {
    return (long) chunk << Integer.SIZE | worker;
  }

  private static int chunk(long key) {
    return (int) (key >> Integer.SIZE);
  }

  private static FloatBuffer floats(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  private static final class Label
      implements PairFlatMapFunction<Iterator<Tuple2<Integer, byte[]>>, Long, byte[]> {
    @Override
    public Iterator<Tuple2<Long, byte[]>> call(Iterator<Tuple2<Integer, byte[]>> records) {
      int writer = TaskContext.getPartitionId();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return records.hasNext();
        }

        @Override
        public Tuple2<Long, byte[]> next() {
          Tuple2<Integer, byte[]> record = records.next();
          return new Tuple2<>(key(record._1(), writer), record._2());
        }
      };
    }
  }

  /** One for each chunk of its writers' records, which follow each other, and each worker. */
  private static final class Mean
      implements PairFlatMapFunction<Iterator<Tuple2<Long, byte[]>>, Long, byte[]> {
    private final int workers;

    Mean(int workers) {
      this.workers = workers;
    }

    @Override
    public Iterator<Tuple2<Long, byte[]>> call(Iterator<Tuple2<Long, byte[]>> sorted) {
      return new Means(sorted, workers);
    }
  }

  private static final class Means implements Iterator<Tuple2<Long, byte[]>> {
    private final Iterator<Tuple2<Long, byte[]>> sorted;
    private final int workers;
    private Tuple2<Long, byte[]> ahead;
    private Iterator<Tuple2<Long, byte[]>> ready = Collections.emptyIterator();

    Means(Iterator<Tuple2<Long, byte[]>> sorted, int workers) {
      this.sorted = sorted;
      this.workers = workers;
      advance();
    }

    @Override
    public boolean hasNext() {
      return ready.hasNext() || ahead != null;
    }

    @Override
    public Tuple2<Long, byte[]> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      if (!ready.hasNext()) {
        int chunk = chunk(ahead._1());
        byte[] mean = mean(chunk);
        ready =
            IntStream.range(0, workers)
                .mapToObj(worker -> new Tuple2<>(key(chunk, worker), mean))
                .iterator();
      }
      return ready.next();
    }

    private byte[] mean(int chunk) {
      double[] sum = new double[ahead._2().length / Float.BYTES];
      int records = 0;
      for (; ahead != null && chunk(ahead._1()) == chunk; advance()) {
        FloatBuffer values = floats(ahead._2());
        for (int i = 0; i < sum.length; i++) {
          sum[i] += values.get(i);
        }
        records++;
      }
      byte[] mean = new byte[sum.length * Float.BYTES];
      FloatBuffer out = floats(mean);
      for (double value : sum) {
        out.put((float) (value / records));
      }
      return mean;
    }

    private void advance() {
      ahead = sorted.hasNext() ? sorted.next() : null;
    }
  }

  private static final class ByChunk extends Partitioner {
    private final int partitions;

    ByChunk(int partitions) {
      this.partitions = Math.max(1, partitions);
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object key) {
      return chunk((Long) key) % partitions;
    }
  }

  private static final class ByWorker extends Partitioner {
    private final int partitions;

    ByWorker(int partitions) {
      this.partitions = partitions;
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object key) {
      return (int) (long) (Long) key; // the lower half
    }
  }
}
