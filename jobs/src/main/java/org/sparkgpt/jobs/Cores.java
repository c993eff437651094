package org.sparkgpt.jobs;

import org.sparkgpt.kernel.Kernels;
import org.sparkgpt.train.TrainConfig;

/** Kernels for work in this process, outside of Spark's tasks. */
final class Cores {
  private Cores() {}

  /** The run's kernels on its threads, or on all cores where it names no number. */
  static Kernels kernels(TrainConfig train) {
    int threads =
        train.threadsPerWorker() == null
            ? Runtime.getRuntime().availableProcessors()
            : train.threadsPerWorker();
    return train.kernels().create(threads);
  }
}
