package org.sparkgpt.train;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What the cluster offers to a run: tasks at a time, and cores for each worker.
 *
 * @param cores all together
 * @param executors that have them
 * @param taskCores {@code spark.task.cpus}
 */
public record Slots(int cores, int executors, int taskCores) {
  public static Slots of(JavaSparkContext spark) {
    SparkConf conf = spark.getConf();
    int taskCores = conf.getInt("spark.task.cpus", 1);
    boolean local = spark.isLocal();
    int executors = local ? 1 : Math.max(1, spark.sc().getExecutorMemoryStatus().size() - 1);
    int perExecutor = conf.getInt("spark.executor.cores", 0);
    int cores =
        !local && perExecutor > 0 ? executors * perExecutor : spark.sc().defaultParallelism();
    return new Slots(cores, executors, taskCores);
  }

  /** Tasks that run at the same time. */
  public int tasks() {
    return Math.max(1, cores / taskCores);
  }

  /** Of {@code workers}, those that compute at the same time on one executor. */
  public int workersPerExecutor(int workers) {
    return (Math.min(workers, tasks()) + executors - 1) / executors;
  }

  /** An executor's cores shared among the workers that run on it at the same time. */
  public int threadsPerWorker(int workers) {
    return Math.max(1, cores / executors / Math.max(1, workersPerExecutor(workers)));
  }
}
