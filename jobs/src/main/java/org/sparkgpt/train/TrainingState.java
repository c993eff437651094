package org.sparkgpt.train;

import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDDLike;

/**
 * The state of training between two rounds, as RDDs. Chunks are little-endian float32 segments.
 *
 * @param outer (chunk, parameters and what the strategy keeps beside them), partitioned by owner,
 *     sorted within a partition
 * @param inner (chunk, AdamW's moments) in one partition for each worker
 * @param persisted RDDs that hold it, to be released when the next state has been computed
 */
record TrainingState(
    JavaPairRDD<Integer, byte[]> outer,
    JavaPairRDD<Integer, byte[]> inner,
    List<JavaRDDLike<?, ?>> persisted) {

  /** Frees memory and disk on the executors. */
  void release() {
    persisted.forEach(rdd -> rdd.rdd().unpersist(false));
  }

  /**
   * Deletes the shuffle files this state was made from. If an executor is lost now, another has a
   * copy of its state; if that one is lost as well, it is computed again from the last checkpoint.
   * Waiting for the driver's garbage collector to delete them would fill the disks with a copy of
   * the parameters per round and worker.
   */
  void deleteShuffles() {
    persisted.forEach(rdd -> rdd.rdd().cleanShuffleDependencies(false));
  }
}
