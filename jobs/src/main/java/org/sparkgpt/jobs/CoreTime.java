package org.sparkgpt.jobs;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts how long Spark's tasks hold cores: their run time on the executors times {@code
 * spark.task.cpus}, failed attempts included as far as Spark tells of them.
 */
final class CoreTime extends SparkListener {
  private static final Logger LOG = LoggerFactory.getLogger(CoreTime.class);
  private static final String MARK = "sparkgpt.coreTime.mark";
  private static final long LONGEST_WAIT_SECONDS = 30;

  private final LongAdder taskMillis = new LongAdder();
  private final Map<String, CountDownLatch> marks = new ConcurrentHashMap<>();

  @Override
  public void onTaskEnd(SparkListenerTaskEnd task) {
    if (task.taskMetrics() != null) { // a lost executor's tasks have none
      taskMillis.add(task.taskMetrics().executorRunTime());
    }
  }

  @Override
  public void onJobStart(SparkListenerJobStart job) {
    String mark = job.properties() == null ? null : job.properties().getProperty(MARK);
    if (mark != null) {
      marks.computeIfPresent(
          mark,
          (name, told) -> {
            told.countDown();
            return told;
          });
    }
  }

  /**
   * Core-seconds of all jobs that have ended.
   *
   * <p>Spark tells its listeners of tasks some time after they end, in order. So an empty job,
   * which runs nothing but is told of too, goes last, and is waited for.
   */
  double seconds(JavaSparkContext spark) {
    String mark = UUID.randomUUID().toString();
    CountDownLatch told = new CountDownLatch(1);
    marks.put(mark, told);
    spark.setLocalProperty(MARK, mark);
    spark.setJobDescription("count the core-seconds");
    try {
      spark.emptyRDD().count();
      if (!told.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("Spark tells of its tasks too late; core-seconds are counted short");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while counting core-seconds", e);
    } finally {
      spark.setJobDescription(null);
      spark.setLocalProperty(MARK, null);
      marks.remove(mark);
    }
    return taskMillis.sum() / 1000.0 * spark.getConf().getInt("spark.task.cpus", 1);
  }
}
