package org.sparkgpt.train;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.SparkConf;
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

  /**
   * Of an executor. YARN and Kubernetes end one that takes more than its heap and the overhead it
   * was given. Others know no limit but the machine's, which its executors share.
   *
   * @param reports what the executors say of themselves
   * @return nothing if nobody could tell
   */
  static Optional<WorkerMemory> of(SparkConf conf, List<ExecutorReport> reports) {
    return isEnforced(conf)
        ? Optional.of(ofSettings(conf))
        : ExecutorReport.byHost(reports).values().stream()
            .map(WorkerMemory::ofHost)
            .flatMap(Optional::stream)
            .min(Comparator.comparingLong(WorkerMemory::bytes));
  }

  /** Whether the cluster manager ends an executor that takes more memory than was asked for it. */
  static boolean isEnforced(SparkConf conf) {
    String master = conf.get("spark.master");
    return master.startsWith("yarn") || master.startsWith("k8s");
  }

  /** The part of each of the executors of a host. */
  private static Optional<WorkerMemory> ofHost(List<ExecutorReport> executors) {
    long heaps = executors.stream().mapToLong(ExecutorReport::heap).sum();
    return executors.stream()
        .filter(executor -> executor.container() > 0)
        .min(Comparator.comparingLong(ExecutorReport::container))
        .map(
            least -> {
              ContainerMemory container =
                  new ContainerMemory(least.container(), least.containerSource());
              WorkerMemory all = beside(heaps, container);
              int sharing = executors.size();
              return sharing == 1
                  ? all
                  : new WorkerMemory(
                      all.bytes() / sharing,
                      all.source() + ", shared by " + sharing + " executors on " + least.host());
            });
  }

  private static WorkerMemory ofSettings(SparkConf conf) {
    long heapMib = conf.getSizeAsMb("spark.executor.memory", "1g");
    double share = conf.getDouble(OVERHEAD + "Factor", 0.1);
    long usual = Math.max(LEAST_OVERHEAD_MIB, (long) (heapMib * share));
    return new WorkerMemory(conf.getSizeAsMb(OVERHEAD, usual + "m") << 20, OVERHEAD);
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
