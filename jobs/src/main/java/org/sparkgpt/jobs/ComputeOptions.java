package org.sparkgpt.jobs;

import org.sparkgpt.kernel.DtypeChoice;
import picocli.CommandLine.Option;

/** What a benchmark of kernels takes: how the machine is to compute. */
final class ComputeOptions {
  @Option(
      names = "--dtype",
      defaultValue = "f32",
      description =
          "f32, bf16, or auto: bf16 where the processor multiplies it in hardware;"
              + " default ${DEFAULT-VALUE}")
  private DtypeChoice dtype;

  @Option(names = "--threads", description = "Default: all cores")
  private int threads = Runtime.getRuntime().availableProcessors();

  DtypeChoice dtype() {
    return dtype;
  }

  int threads() {
    requirePositive("--threads", threads);
    return threads;
  }

  static void requirePositive(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " must be positive, got " + value);
    }
  }
}
