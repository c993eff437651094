package org.sparkgpt.jobs;

import java.util.List;
import org.apache.spark.SparkConf;
import org.sparkgpt.kernel.OpenMpSpin;

/**
 * What native libraries must be told before they are first used. JavaCPP, by which memory outside
 * the heap is had, allows as much of it as the heap may have: networks need more, and small heaps.
 * So its bounds are lifted, in this process and in the executors, unless the user has set them.
 */
final class NativeSettings {
  private static final String UNBOUNDED = "0";
  private static final String EXECUTOR_OPTIONS = "spark.executor.extraJavaOptions";
  private static final List<String> BOUNDS =
      List.of("org.bytedeco.javacpp.maxbytes", "org.bytedeco.javacpp.maxphysicalbytes");

  private NativeSettings() {}

  /** For this process; the first thing that it does. */
  static void apply() {
    OpenMpSpin.limit();
    for (String bound : BOUNDS) {
      if (System.getProperty(bound) == null) {
        System.setProperty(bound, UNBOUNDED);
      }
    }
  }

  /** For the executors that a session with these settings will start. */
  static void apply(SparkConf conf) {
    String options = conf.get(EXECUTOR_OPTIONS, "");
    for (String bound : BOUNDS) {
      if (!options.contains("-D" + bound + "=")) {
        options += " -D" + bound + "=" + UNBOUNDED;
      }
    }
    conf.set(EXECUTOR_OPTIONS, options.strip());
  }
}
