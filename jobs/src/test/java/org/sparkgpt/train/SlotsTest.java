package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class SlotsTest {
  private static SparkConf conf(String master, String... settings) {
    SparkConf conf = new SparkConf(false).set("spark.master", master);
    for (int i = 0; i < settings.length; i += 2) {
      conf.set(settings[i], settings[i + 1]);
    }
    return conf;
  }

  @Test
  void localMasterIsOneExecutorOfSoManyThreads() {
    int here = Runtime.getRuntime().availableProcessors();
    assertThat(Slots.of(conf("local[*]"), 1, 99)).isEqualTo(new Slots(1, here, here));
    assertThat(Slots.of(conf("local"), 1, 99)).isEqualTo(new Slots(1, 1, 1));
    assertThat(Slots.of(conf("local[3, 4]"), 1, 99)).isEqualTo(new Slots(1, 3, 3));
    try (JavaSparkContext spark = TinyRun.spark()) {
      assertThat(Slots.awaited(spark, 5)).as("at once").isEqualTo(new Slots(1, 2, 2));
    }
  }

  @Test
  void coresOfAnExecutorAreWhatTheSettingsOrTheClusterSay() {
    assertThat(Slots.of(conf("local-cluster[2,3,512]"), 2, 99)).isEqualTo(new Slots(2, 3, 3));
    assertThat(Slots.of(conf("yarn"), 4, 99)).isEqualTo(new Slots(4, 1, 1));
    assertThat(Slots.of(conf("k8s://x", "spark.executor.cores", "8"), 2, 99))
        .isEqualTo(new Slots(2, 8, 8));
    assertThat(Slots.of(conf("spark://x:7077"), 3, 12)).isEqualTo(new Slots(3, 4, 4));
    assertThat(Slots.of(conf("spark://x:7077"), 0, 2).tasks()).isEqualTo(1);
  }

  @Test
  void aTaskHasItsCoresAndItsGpusInOneExecutor() {
    SparkConf conf = conf("yarn", "spark.executor.cores", "3", "spark.task.cpus", "2");
    assertThat(Slots.of(conf, 2, 99).tasks()).as("no task on halves of two").isEqualTo(2);
    conf.set("spark.task.cpus", "1").set(Device.EXECUTOR_AMOUNT, "2").set(Device.TASK_AMOUNT, "1");
    assertThat(Slots.of(conf, 2, 99).tasks()).isEqualTo(4);
    conf.set(Device.EXECUTOR_AMOUNT, "1").set(Device.TASK_AMOUNT, "0.4");
    assertThat(Slots.of(conf, 2, 99).tasks()).as("two tasks share a GPU").isEqualTo(4);
  }

  @Test
  void executorsThatWillComeAreKnownToAllButStandaloneClusters() {
    assertThat(Slots.expectedExecutors(conf("local[4]"))).hasValue(1);
    assertThat(Slots.expectedExecutors(conf("local-cluster[3,1,512]"))).hasValue(3);
    assertThat(Slots.expectedExecutors(conf("yarn"))).hasValue(2);
    assertThat(Slots.expectedExecutors(conf("yarn", "spark.executor.instances", "7"))).hasValue(7);
    SparkConf standalone = conf("spark://x:7077");
    assertThat(Slots.expectedExecutors(standalone)).isEqualTo(OptionalInt.empty());
    standalone.set("spark.executor.cores", "4").set("spark.cores.max", "12");
    assertThat(Slots.expectedExecutors(standalone)).hasValue(3);
  }

  @Test
  void workersAreSpreadAndShareTheCoresOfTheirExecutor() {
    Slots slots = new Slots(2, 8, 8);
    assertThat(slots.workersPerExecutor(3)).isEqualTo(2);
    assertThat(slots.threadsPerWorker(3)).isEqualTo(4);
    assertThat(slots.workersPerExecutor(100)).as("those that have a slot").isEqualTo(8);
    assertThat(new Slots(2, 8, 4).threadsPerWorker(100)).isEqualTo(2);
  }
}
