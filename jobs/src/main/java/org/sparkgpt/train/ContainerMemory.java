package org.sparkgpt.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The memory that this process may have altogether: the least limit of the control groups it is in,
 * or what the machine has, if that is less.
 *
 * @param source where the number stands, in words
 */
public record ContainerMemory(long bytes, String source) {
  private static final Path CGROUPS = Path.of("sys/fs/cgroup");

  /** Nothing where Linux's files aren't. */
  public static Optional<ContainerMemory> here() {
    return read(Path.of("/"));
  }

  /**
   * @param root holds {@code proc} and {@code sys}
   */
  static Optional<ContainerMemory> read(Path root) {
    try {
      Optional<ContainerMemory> least = machine(root);
      for (String line : lines(root.resolve("proc/self/cgroup"))) {
        String[] group = line.split(":", 3); // hierarchy, controllers, path
        if (group[1].isEmpty()) {
          Path hierarchy = root.resolve(CGROUPS);
          least = least(least, hierarchy, group[2], "memory.max", "cgroup v2");
        } else if (group[1].equals("memory")) {
          Path hierarchy = root.resolve(CGROUPS).resolve("memory");
          least = least(least, hierarchy, group[2], "memory.limit_in_bytes", "cgroup v1");
        }
      }
      return least;
    } catch (IOException e) {
      throw new UncheckedIOException("the container's memory: " + e.getMessage(), e);
    }
  }

  /** The line {@code MemTotal: 123456 kB}. */
  private static Optional<ContainerMemory> machine(Path root) throws IOException {
    return lines(root.resolve("proc/meminfo")).stream()
        .filter(line -> line.startsWith("MemTotal:"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .map(bytes -> new ContainerMemory(bytes, "the machine's memory"))
        .findFirst();
  }

  /**
   * Every group on the way to the top may have a limit. In a container the path may be the host's,
   * of which only the top is there, with the container's own limit.
   */
  private static Optional<ContainerMemory> least(
      Optional<ContainerMemory> least, Path hierarchy, String group, String file, String name)
      throws IOException {
    Path directory = hierarchy.resolve(group.substring(1)).normalize();
    while (directory.startsWith(hierarchy)) {
      for (String line : lines(directory.resolve(file))) {
        // "max", or in v1 a number near 2^63: no limit
        long limit = line.equals("max") ? Long.MAX_VALUE : Long.parseLong(line);
        if (limit < least.map(ContainerMemory::bytes).orElse(Long.MAX_VALUE)) {
          least = Optional.of(new ContainerMemory(limit, name + " " + file));
        }
      }
      directory = directory.getParent();
    }
    return least;
  }

  private static List<String> lines(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.map(String::strip).filter(line -> !line.isEmpty()).toList();
    }
  }
}
