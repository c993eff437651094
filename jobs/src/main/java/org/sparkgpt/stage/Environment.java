package org.sparkgpt.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a result was made with: versions and machine, for the record. */
public final class Environment {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

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
    machine.put("processor", processor());
    machine.put("processors", String.valueOf(runtime.availableProcessors()));
    machine.put("driverHeapMiB", String.valueOf(runtime.maxMemory() >> 20));
    machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return machine;
  }

  /** The line {@code model name : AMD EPYC}; other systems tell the architecture. */
  public static String processor() {
    if (Files.exists(PROCESSORS)) {
      try (Stream<String> lines = Files.lines(PROCESSORS)) {
        Optional<String> name =
            lines
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
        if (name.isPresent()) {
          return name.get();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + PROCESSORS, e);
      }
    }
    return System.getProperty("os.arch");
  }

  /** From the jar's manifest; a class directory, as in tests, has none. */
  static String version() {
    String version = Environment.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
