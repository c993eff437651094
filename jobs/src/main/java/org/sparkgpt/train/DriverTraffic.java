package org.sparkgpt.train;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.storage.BlockUpdatedInfo;

/**
 * Counts the bytes that pass through the driver: the results of tasks, as they arrive, and every
 * broadcast, as it lies serialized in the driver's block store. A broadcast counts once, however
 * many executors fetch it: the first copy comes from the driver, others may not. Spark broadcasts
 * the code of a stage as well, with all that it refers to. Not counted: what a task is told beyond
 * that, such as its partition (a few hundred bytes), heartbeats and other talk.
 */
final class DriverTraffic extends SparkListener {
  private static final String FENCE = "sparkgpt.traffic.fence";
  private static final long DEADLINE_MILLIS = 60_000;

  private final Set<String> broadcasts = new HashSet<>(); // guarded by this, as all that follows
  private final Map<String, Long> bytesAtFence = new HashMap<>();
  private long bytes;

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
    if (task.taskMetrics() != null) { // null: the task failed before it had any
      bytes += task.taskMetrics().resultSize();
    }
  }

  @Override
  public synchronized void onBlockUpdated(SparkListenerBlockUpdated update) {
    BlockUpdatedInfo block = update.blockUpdatedInfo();
    boolean isNew =
        block.blockId().isBroadcast()
            && block.blockManagerId().isDriver()
            && block.storageLevel().isValid()
            && broadcasts.add(block.blockId().name());
    if (isNew) {
      bytes += block.memSize() + block.diskSize();
    }
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart job) {
    String fence = job.properties() == null ? null : job.properties().getProperty(FENCE);
    if (fence != null) {
      bytesAtFence.put(fence, bytes);
      notifyAll();
    }
  }

  /**
   * Bytes up to now. Spark tells its listeners late but in order: a job of one element is run, and
   * what came before its start was before now.
   */
  long bytes(JavaSparkContext spark) throws InterruptedException {
    String fence = UUID.randomUUID().toString();
    spark.setLocalProperty(FENCE, fence);
    try {
      spark.parallelize(List.of(0), 1).count();
    } finally {
      spark.setLocalProperty(FENCE, null);
    }
    long deadline = System.currentTimeMillis() + DEADLINE_MILLIS;
    synchronized (this) {
      while (!bytesAtFence.containsKey(fence)) {
        long left = deadline - System.currentTimeMillis();
        if (left <= 0) {
          throw new IllegalStateException("Spark's listeners are more than a minute behind");
        }
        wait(left);
      }
      return bytesAtFence.remove(fence);
    }
  }
}
