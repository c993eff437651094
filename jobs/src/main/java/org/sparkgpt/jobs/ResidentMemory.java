package org.sparkgpt.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What this process holds of the machine's memory, heap and all else, as Linux counts it. */
final class ResidentMemory {
  private ResidentMemory() {}

  /** The most it ever was; nothing where there is no {@code /proc}. */
  static OptionalLong peakBytes() throws IOException {
    return peakBytes(Path.of("/proc/self/status"));
  }

  /** The line {@code VmHWM: 123456 kB}. */
  static OptionalLong peakBytes(Path status) throws IOException {
    if (!Files.exists(status)) {
      return OptionalLong.empty();
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst();
    }
  }
}
