package org.sparkgpt.jobs;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.storage.BlockUpdatedInfo;

/** Counts what Spark keeps between its stages: shuffle files and stored tables. */
final class IntermediateBytes extends SparkListener {
  private static final String LAST = "bench: end of the measurement";

  private final AtomicLong shuffled = new AtomicLong();
  private final Map<String, Long> stored = new ConcurrentHashMap<>();
  private final CountDownLatch seenAll = new CountDownLatch(1);

  @Override
  public void onTaskEnd(SparkListenerTaskEnd task) {
    if (task.taskMetrics() != null) {
      shuffled.addAndGet(task.taskMetrics().shuffleWriteMetrics().bytesWritten());
    }
  }

  @Override
  public void onBlockUpdated(SparkListenerBlockUpdated update) {
    BlockUpdatedInfo block = update.blockUpdatedInfo();
    if (block.blockId().isRDD()) {
      stored.merge(block.blockId().name(), block.memSize() + block.diskSize(), Math::max);
    }
  }

  @Override
  public void onJobStart(SparkListenerJobStart job) {
    if (LAST.equals(job.properties().getProperty("spark.job.description"))) {
      seenAll.countDown();
    }
  }

  /** Waits until everything so far has been counted: listeners hear of it in order, but late. */
  void finish(SparkContext context) throws InterruptedException {
    context.setJobDescription(LAST);
    JavaSparkContext.fromSparkContext(context).parallelize(List.of(1), 1).count();
    context.setJobDescription(null);
    seenAll.await();
    context.removeSparkListener(this);
  }

  /** Bytes of all shuffle files, as written. */
  long shuffled() {
    return shuffled.get();
  }

  /** Bytes of all stored blocks, also those freed since. */
  long stored() {
    return stored.values().stream().mapToLong(Long::longValue).sum();
  }
}
