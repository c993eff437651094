package org.sparkgpt.train;

import java.util.Locale;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkgpt.layer.GptMemory;

/**
 * What a JVM has outside its heap for the networks of the workers in it.
 *
 * @param source how the number comes about, in words
 */
public record WorkerMemory(long bytes, String source) {
  private static final String OVERHEAD = "spark.executor.memoryOverhead";
  private static final long LEAST_OVERHEAD_MIB = 384; // of YARN and Kubernetes

  /** In this JVM; nothing where the system does not tell. */
  public static Optional<WorkerMemory> here() {
    long heap = Runtime.getRuntime().maxMemory();
    return ContainerMemory.here().map(container -> beside(heap, container));
  }

  static WorkerMemory beside(long heap, ContainerMemory container) {
    return new WorkerMemory(
        Math.max(0, container.bytes() - heap),
        container.source()
            + ", "
            + megabytes(container.bytes())
            + ", less the heap of "
            + megabytes(heap));
  }

  /** Where workers will run: in this JVM, or in executors of which the settings tell. */
  static Optional<WorkerMemory> of(JavaSparkContext spark) {
    return spark.isLocal() ? here() : ofExecutor(spark.getConf());
  }

  /**
   * YARN and Kubernetes end an executor that takes more than its heap and the overhead it was
   * given. Standalone clusters know no limit but the machine's, which nobody here can see.
   */
  static Optional<WorkerMemory> ofExecutor(SparkConf conf) {
    String master = conf.get("spark.master");
    if (!master.startsWith("yarn") && !master.startsWith("k8s")) {
      return Optional.empty();
    }
    long heapMib = conf.getSizeAsMb("spark.executor.memory", "1g");
    double share = conf.getDouble(OVERHEAD + "Factor", 0.1);
    long usual = Math.max(LEAST_OVERHEAD_MIB, (long) (heapMib * share));
    return Optional.of(new WorkerMemory(conf.getSizeAsMb(OVERHEAD, usual + "m") << 20, OVERHEAD));
  }

  /** How many networks of this size have room. */
  public long workers(GptMemory plan) {
    return bytes / plan.bytes();
  }

  /**
   * Checks that networks of this size have room, before anything of them is allocated.
   *
   * @param workers that compute at the same time in one JVM
   * @throws IllegalArgumentException with the numbers and the settings that would fit
   */
  void requireFits(GptMemory plan, int workers) {
    try {
      plan.requireFits(bytes / workers);
    } catch (IllegalArgumentException e) {
      long fitting = workers(plan);
      String fewer = fitting > 0 ? " or with train.workers: " + fitting : "";
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s%s (%d worker(s) in one JVM have %s: %s)",
              e.getMessage(),
              fewer,
              workers,
              megabytes(bytes),
              source),
          e);
    }
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.0f MB", bytes / 1e6);
  }
}
