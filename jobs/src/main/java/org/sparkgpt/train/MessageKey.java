package org.sparkgpt.train;

import org.apache.spark.Partitioner;

/**
 * Key of a message between workers and chunk owners: kind, chunk and worker in one long, in this
 * order from the high bits down. Sorted by key, an owner's reports come first, then its chunks one
 * after the other, each with the workers' contributions in worker order: so sums have one order.
 */
final class MessageKey {
  /** What a message is. */
  enum Kind {
    /** A worker's {@link WorkerReport}. */
    REPORT,
    /** A chunk of floats. */
    CHUNK,
    /** Inner optimizer state that stays with its worker. */
    INNER,
    /** Squared norm of an owner's part of the averaged gradient; the chunk is its last. */
    NORM
  }

  private static final Kind[] KINDS = Kind.values();
  private static final int WORKER_BITS = 24;

  private MessageKey() {}

  static long of(Kind kind, int chunk, int worker) {
    return (long) kind.ordinal() << 56 | (long) chunk << WORKER_BITS | worker;
  }

  static Kind kind(long key) {
    return KINDS[(int) (key >>> 56)];
  }

  static int chunk(long key) {
    return (int) (key >>> WORKER_BITS);
  }

  static int worker(long key) {
    return (int) (key & ((1 << WORKER_BITS) - 1));
  }

  /** Sends a message to its worker: worker w is partition w. */
  static final class ByWorker extends Modulo {
    ByWorker(int workers) {
      super(workers);
    }

    @Override
    public int getPartition(Object key) {
      return worker((Long) key);
    }
  }

  /** Sends a chunk to its owner; a report has the owner in the chunk's place. */
  static final class ByOwner extends Modulo {
    ByOwner(int owners) {
      super(owners);
    }

    @Override
    public int getPartition(Object key) {
      return chunk((Long) key) % numPartitions();
    }
  }

  private abstract static class Modulo extends Partitioner {
    private final int partitions;

    Modulo(int partitions) {
      this.partitions = partitions;
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public boolean equals(Object other) {
      return other != null
          && other.getClass() == getClass()
          && ((Modulo) other).partitions == partitions;
    }

    @Override
    public int hashCode() {
      return partitions;
    }
  }
}
