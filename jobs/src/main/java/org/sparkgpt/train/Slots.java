package org.sparkgpt.train;

import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What the cluster offers to a run: executors, and in each of them tasks at a time, which share its
 * cores.
 *
 * <p>A standalone cluster that was not told {@code spark.executor.cores} gives an executor what its
 * worker has. Spark then tells the sum of all cores only, and never less than 2, so that one
 * executor of one core counts as one of two.
 *
 * @param executors that have registered; a local master's only process is one
 * @param executorCores cores of one executor
 * @param executorTasks tasks that run in one executor at a time
 */
public record Slots(int executors, int executorCores, int executorTasks) {
  private static final Pattern LOCAL = Pattern.compile("local(?:\\[(\\*|\\d+)(?:,.*)?])?");
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,.*]");
  private static final String EXECUTOR_CORES = "spark.executor.cores";
  private static final String MOST_CORES = "spark.cores.max";
  private static final int EXECUTORS_UNLESS_SET = 2; // of YARN and Kubernetes
  private static final long QUIET_MILLIS = 2000;
  private static final long POLL_MILLIS = 50;

  /** What there is now. */
  public static Slots of(JavaSparkContext spark) {
    int executors =
        spark.isLocal() ? 1 : Math.max(0, spark.sc().getExecutorMemoryStatus().size() - 1);
    return of(spark.getConf(), executors, spark.defaultParallelism());
  }

  /**
   * What there is when the executors have come, of which Spark waits for some at most. Nobody knows
   * how many a standalone cluster will start: there it waits until {@code workers} have a slot and
   * no executor has come for two seconds. An application older than {@code
   * spark.scheduler.maxRegisteredResourcesWaitingTime} has what it will get.
   */
  public static Slots awaited(JavaSparkContext spark, int workers) {
    SparkConf conf = spark.getConf();
    OptionalInt expected = expectedExecutors(conf);
    long patience =
        conf.getTimeAsSeconds("spark.scheduler.maxRegisteredResourcesWaitingTime", "30s") * 1000;
    long deadline = spark.startTime() + patience;
    Slots slots = of(spark);
    long changed = System.currentTimeMillis();
    while (System.currentTimeMillis() < deadline) {
      long quiet = System.currentTimeMillis() - changed;
      boolean settled =
          expected.isPresent()
              ? slots.executors >= expected.getAsInt()
              : slots.executors > 0 && slots.tasks() >= workers && quiet >= QUIET_MILLIS;
      if (settled) {
        break;
      }
      pause();
      Slots now = of(spark);
      if (!now.equals(slots)) {
        slots = now;
        changed = System.currentTimeMillis();
      }
    }
    return slots;
  }

  /**
   * @param totalCores of all executors, as Spark tells where no setting does
   */
  static Slots of(SparkConf conf, int executors, int totalCores) {
    int cores = executorCores(conf).orElse(Math.max(1, totalCores / Math.max(1, executors)));
    int tasks = cores / conf.getInt("spark.task.cpus", 1);
    double taskGpus = conf.getDouble(Device.TASK_AMOUNT, 0);
    if (taskGpus > 0) {
      int gpus = conf.getInt(Device.EXECUTOR_AMOUNT, 0);
      // Spark shares a GPU among tasks, never a task among parts of GPUs
      tasks = Math.min(tasks, (int) (taskGpus < 1 ? gpus * (int) (1 / taskGpus) : gpus / taskGpus));
    }
    return new Slots(executors, cores, Math.max(1, tasks));
  }

  /** Cores of an executor, where the settings name them. */
  static OptionalInt executorCores(SparkConf conf) {
    String master = conf.get("spark.master");
    Matcher local = LOCAL.matcher(master);
    if (local.matches()) {
      String threads = local.group(1) == null ? "1" : local.group(1);
      return OptionalInt.of(
          threads.equals("*")
              ? Runtime.getRuntime().availableProcessors()
              : Integer.parseInt(threads));
    }
    if (conf.contains(EXECUTOR_CORES)) {
      return OptionalInt.of(conf.getInt(EXECUTOR_CORES, 1));
    }
    Matcher cluster = LOCAL_CLUSTER.matcher(master);
    if (cluster.matches()) {
      return OptionalInt.of(Integer.parseInt(cluster.group(2)));
    }
    return WorkerMemory.isEnforced(conf) ? OptionalInt.of(1) : OptionalInt.empty();
  }

  /** Executors that will come, where the settings name them. */
  static OptionalInt expectedExecutors(SparkConf conf) {
    String master = conf.get("spark.master");
    if (LOCAL.matcher(master).matches()) {
      return OptionalInt.of(1);
    }
    if (WorkerMemory.isEnforced(conf)) {
      return OptionalInt.of(conf.getInt("spark.executor.instances", EXECUTORS_UNLESS_SET));
    }
    OptionalInt cores = executorCores(conf);
    if (conf.contains(MOST_CORES) && cores.isPresent()) {
      return OptionalInt.of(conf.getInt(MOST_CORES, 1) / cores.getAsInt());
    }
    Matcher cluster = LOCAL_CLUSTER.matcher(master);
    return cluster.matches() && !conf.contains(EXECUTOR_CORES)
        ? OptionalInt.of(Integer.parseInt(cluster.group(1)))
        : OptionalInt.empty();
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS); // an executor is on its way
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for executors", e);
    }
  }

  /** Tasks that run at the same time, at least one. */
  public int tasks() {
    return Math.max(1, executors * executorTasks);
  }

  /** Of {@code workers}, those that compute at the same time on one executor. */
  public int workersPerExecutor(int workers) {
    int having = Math.max(1, executors);
    return (Math.min(workers, tasks()) + having - 1) / having;
  }

  /** An executor's cores shared among the workers that run on it at the same time. */
  public int threadsPerWorker(int workers) {
    return Math.max(1, executorCores / workersPerExecutor(workers));
  }
}
