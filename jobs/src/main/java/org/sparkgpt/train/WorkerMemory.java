package org.sparkgpt.train;

import java.util.Locale;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.GptConfig;
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
        gib(container.bytes()) + " (" + container.source() + ") less the heap of " + gib(heap));
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
   * Checks the plan of a run before anything of it is allocated.
   *
   * @param workers that compute at the same time in one JVM
   * @throws IllegalArgumentException with the numbers and, if there is one, a setting that fits
   */
  void requireFits(GptConfig model, Execution execution, int workers) {
    GptMemory plan = GptMemory.of(model, execution, true);
    if (workers <= workers(plan)) {
      return;
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%d worker(s) in one JVM need %s outside its heap, %s each, but there are %s: %s; %s",
            workers,
            gib(workers * plan.bytes()),
            gib(plan.bytes()),
            gib(bytes),
            source,
            advice(model, execution, workers)));
  }

  /** The first of a smaller micro-batch, recomputing, both, and fewer workers that would fit. */
  private String advice(GptConfig model, Execution asked, int workers) {
    Execution least = asked;
    for (boolean recompute = asked.recompute(); ; recompute = true) {
      for (int sequences = asked.microBatch(); sequences >= 1; sequences /= 2) {
        least = new Execution(sequences, asked.kernels(), asked.threads(), recompute);
        if (workers <= workers(GptMemory.of(model, least, true))) {
          return settings(least) + " would fit";
        }
      }
      if (recompute) {
        break;
      }
    }
    GptMemory smallest = GptMemory.of(model, least, true);
    return workers(smallest) == 0
        ? "even with " + settings(least) + " one needs " + gib(smallest.bytes())
        : "train.workers=" + workers(smallest) + " with " + settings(least) + " would fit";
  }

  private static String settings(Execution execution) {
    return "train.microBatch="
        + execution.microBatch()
        + " train.recompute="
        + execution.recompute();
  }

  private static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }
}
