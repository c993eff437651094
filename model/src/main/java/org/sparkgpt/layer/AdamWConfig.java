package org.sparkgpt.layer;

import java.io.Serializable;

/**
 * AdamW (Loshchilov and Hutter, 2019) with warm-up, cosine decay and global-norm clipping; the
 * {@code optimizer} section of a run file.
 *
 * @param learningRate the highest, reached after the warm-up
 * @param minLearningRate the last, reached at the end of the run
 * @param warmupSteps steps over which the rate rises linearly
 * @param beta1 decay of the gradient's average
 * @param beta2 decay of the squared gradient's average
 * @param epsilon added to the square root in the denominator
 * @param weightDecay decoupled decay of matrices (not of biases and layer-norm gains), times the
 *     learning rate
 * @param clipNorm largest L2 norm of the whole gradient; longer ones are scaled down to it
 */
public record AdamWConfig(
    double learningRate,
    double minLearningRate,
    int warmupSteps,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double clipNorm)
    implements Serializable {

  public AdamWConfig {
    requirePositive("learningRate", learningRate);
    if (!(minLearningRate >= 0 && minLearningRate <= learningRate)) {
      throw new IllegalArgumentException(
          "optimizer.minLearningRate must be in [0, optimizer.learningRate], got "
              + minLearningRate
              + " and "
              + learningRate);
    }
    if (warmupSteps < 0) {
      throw new IllegalArgumentException(
          "optimizer.warmupSteps must not be negative, got " + warmupSteps);
    }
    requireShare("beta1", beta1);
    requireShare("beta2", beta2);
    requirePositive("epsilon", epsilon);
    if (!(weightDecay >= 0 && Double.isFinite(weightDecay))) {
      throw new IllegalArgumentException(
          "optimizer.weightDecay must not be negative, got " + weightDecay);
    }
    requirePositive("clipNorm", clipNorm);
  }

  private static void requirePositive(String key, double value) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException("optimizer." + key + " must be positive, got " + value);
    }
  }

  private static void requireShare(String key, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException("optimizer." + key + " must be in [0, 1), got " + value);
    }
  }
}
