package org.sparkgpt.jobs;

import org.sparkgpt.kernel.Kernels;
import org.sparkgpt.train.TrainConfig;

/** Kernels for work in this process, outside of Spark's tasks. */
final class Cores {
  private Cores() {}

  /** The run's kernels on its {@link #threads}. */
  static Kernels kernels(TrainConfig train) {
    return train.kernels().create(threads(train));
  }

  /** The threads that the run names for a worker, or all cores. */
  static int threads(TrainConfig train) {
    return train.threadsPerWorker() == null
        ? Runtime.getRuntime().availableProcessors()
        : train.threadsPerWorker();
  }
}
