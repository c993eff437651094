package org.sparkgpt.train;

import java.io.Serializable;
import org.sparkgpt.kernel.KernelChoice;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.ParameterLayout;
import org.sparkgpt.layer.WarmupCosine;

/**
 * Everything that shapes a worker's network.
 *
 * @param totalSteps of the learning-rate schedule
 * @param microBatch sequences computed at a time
 * @param threads that its kernels may use
 */
record ReplicaSpec(
    GptConfig model,
    AdamWConfig optimizer,
    int totalSteps,
    long seed,
    int microBatch,
    KernelChoice kernels,
    int threads)
    implements Serializable {

  /** Elements of the flat parameter vector. */
  long parameters() {
    return ParameterLayout.of(model).length();
  }

  /** The rate of step {@code step}, counted from 0. */
  double learningRate(int step) {
    return new WarmupCosine(
            optimizer.learningRate(),
            optimizer.minLearningRate(),
            optimizer.warmupSteps(),
            totalSteps)
        .valueAt(step, 0);
  }
}
