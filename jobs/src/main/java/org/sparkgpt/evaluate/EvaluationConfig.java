package org.sparkgpt.evaluate;

import java.io.Serializable;
import org.sparkgpt.kernel.KernelChoice;

/**
 * An evaluation; the {@code evaluate} section of a run file.
 *
 * @param batchSize windows computed at a time; bounds the memory, not the result
 * @param kernels which arithmetic the network uses
 * @param threads of each task; null: the cores shared among the tasks
 */
public record EvaluationConfig(int batchSize, KernelChoice kernels, Integer threads)
    implements Serializable {
  public EvaluationConfig {
    if (batchSize < 1) {
      throw new IllegalArgumentException("evaluate.batchSize must be positive, got " + batchSize);
    }
    if (kernels == null) {
      throw new IllegalArgumentException("evaluate.kernels is missing: plain or onednn");
    }
    if (threads != null && threads < 1) {
      throw new IllegalArgumentException("evaluate.threads must be positive, got " + threads);
    }
  }
}
