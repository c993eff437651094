package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.Test;

class CoreTimeTest {
  @Test
  void tasksOfEndedJobsAreAllCountedTimesTheirCores() {
    SparkConf conf =
        new SparkConf()
            .setMaster("local[2]")
            .setAppName("core time")
            .set("spark.task.cpus", "2")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      AtomicLong millis = new AtomicLong();
      CoreTime coreTime = new CoreTime();
      spark
          .sc()
          .addSparkListener(
              new SparkListener() {
                @Override
                public void onTaskEnd(SparkListenerTaskEnd task) {
                  millis.addAndGet(task.taskMetrics().executorRunTime());
                }
              });
      spark.sc().addSparkListener(coreTime);
      assertThat(coreTime.seconds(spark)).as("no job has run").isZero();

      spark.parallelize(List.of(1, 2, 3, 4), 4).map(CoreTimeTest::work).collect();
      double first = coreTime.seconds(spark);
      assertThat(first).isPositive().isEqualTo(millis.get() / 1000.0 * 2);

      spark.parallelize(List.of(5, 6), 2).map(CoreTimeTest::work).collect();
      assertThat(coreTime.seconds(spark)).isGreaterThan(first);
    }
  }

  /** Takes some milliseconds. */
  private static long work(int seed) {
    long hash = seed;
    for (int i = 0; i < 20_000_000; i++) {
      hash = hash * 31 + (hash >>> 7);
    }
    return hash;
  }
}
