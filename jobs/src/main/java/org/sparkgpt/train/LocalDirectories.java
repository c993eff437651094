package org.sparkgpt.train;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;

/**
 * Where on the local disks this JVM may keep files: where Spark itself does. A cluster manager
 * deletes what an executor leaves there with the application, however it died; a JVM that ends by
 * itself deletes its own.
 */
final class LocalDirectories {
  private LocalDirectories() {}

  /** Names for directories of this JVM, one on each disk; nothing is made yet. */
  static List<Path> create(String purpose, SparkConf conf) {
    String name = "sparkgpt-" + purpose + "-" + UUID.randomUUID();
    List<Path> directories =
        roots(System.getenv(), conf).stream().map(root -> root.resolve(name)).toList();
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> directories.forEach(LocalDirectories::delete)));
    return directories;
  }

  /** Spark's own rule, as its documentation of {@code spark.local.dir} has it. */
  static List<Path> roots(Map<String, String> environment, SparkConf conf) {
    if (environment.containsKey("CONTAINER_ID")) { // on YARN
      return split(environment.getOrDefault("LOCAL_DIRS", temporary()), ",");
    }
    if (environment.containsKey("SPARK_EXECUTOR_DIRS")) { // from a standalone worker
      return split(environment.get("SPARK_EXECUTOR_DIRS"), Pattern.quote(File.pathSeparator));
    }
    String setting = conf.get("spark.local.dir", temporary());
    return split(environment.getOrDefault("SPARK_LOCAL_DIRS", setting), ",");
  }

  private static String temporary() {
    return System.getProperty("java.io.tmpdir");
  }

  private static List<Path> split(String list, String separator) {
    return Stream.of(list.split(separator)).filter(s -> !s.isBlank()).map(Path::of).toList();
  }

  private static void delete(Path directory) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // The JVM is ending; whoever owns the disk's root cleans it up.
    }
  }
}
