package org.sparkgpt.stage;

import java.util.SortedMap;
import java.util.TreeMap;

/** What a result was made with: versions and machine, for the record. */
public final class Environment {
  private Environment() {}

  public static SortedMap<String, String> versions() {
    SortedMap<String, String> versions = new TreeMap<>();
    versions.put("sparkgpt", version());
    versions.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    versions.put("java", System.getProperty("java.version"));
    return versions;
  }

  /** Of this JVM, usually the driver. */
  public static SortedMap<String, String> machine() {
    Runtime runtime = Runtime.getRuntime();
    SortedMap<String, String> machine = new TreeMap<>();
    machine.put("processors", String.valueOf(runtime.availableProcessors()));
    machine.put("driverHeapMiB", String.valueOf(runtime.maxMemory() >> 20));
    machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return machine;
  }

  /** From the jar's manifest; a class directory, as in tests, has none. */
  static String version() {
    String version = Environment.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
