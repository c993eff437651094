package org.sparkgpt.train;

import org.apache.spark.SparkConf;

/** Spark's settings that break or hurt training. */
final class SparkSettings {
  private static final String DYNAMIC = "spark.dynamicAllocation.enabled";
  private static final String SPECULATION = "spark.speculation";
  private static final String FAILURES = "spark.task.maxFailures";
  private static final String STAGE_ATTEMPTS = "spark.stage.maxConsecutiveAttempts";
  private static final String CLEANER = "spark.cleaner.referenceTracking";

  private SparkSettings() {}

  /**
   * @param local whether driver and workers are one process: Spark neither moves nor copies tasks
   *     then
   */
  static Finding examine(SparkConf conf, boolean local) {
    Finding.Draft settings = Finding.of("settings");
    if (!local) {
      settings
          .wrongIf(
              conf.getBoolean(DYNAMIC, false),
              DYNAMIC
                  + "=true: threads and memory are planned for the executors a run begins with, and"
                  + " workers keep optimizer state on them, which Spark would give back when idle;"
                  + " set "
                  + DYNAMIC
                  + "=false and the executors you want by spark.executor.instances (standalone:"
                  + " spark.cores.max)")
          .wrongIf(
              conf.getBoolean(SPECULATION, false),
              SPECULATION
                  + "=true: a copy of a slow worker repeats its whole round and needs memory that"
                  + " nobody planned for; set "
                  + SPECULATION
                  + "=false")
          .doubtfulIf(
              conf.getInt(FAILURES, 4) < 2,
              FAILURES + "=1: one lost executor ends the run; set it to 4")
          .doubtfulIf(
              conf.getInt(STAGE_ATTEMPTS, 4) < 2,
              STAGE_ATTEMPTS + "=1: one lost executor ends the run; set it to 4");
    }
    settings.doubtfulIf(
        !conf.getBoolean(CLEANER, true),
        CLEANER + "=false: what Spark broadcasts in every round is never freed; set it to true");
    return settings.with(
        "%s, spark.serializer %s",
        conf.get("spark.master"),
        conf.get("spark.serializer", "JavaSerializer").replaceFirst(".*\\.", ""));
  }
}
