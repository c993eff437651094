package org.sparkgpt.train;

import java.io.Serializable;
import java.util.List;

/**
 * What an owner does with the mean of the workers' contributions to one chunk. A state record is a
 * {@link Message} with the chunk's parameters followed by whatever else is kept for them; segments
 * that are missing, because a run has just begun or changed its strategy, count as zeros.
 */
interface OuterOptimizer extends Serializable {
  /** The one of {@code config}'s strategy; DL4J's master averages. */
  static OuterOptimizer of(TrainConfig config) {
    return switch (config.strategy()) {
      case AVERAGE, DL4J -> new Averaging();
      case DILOCO -> new NesterovOuter(config.outerLearningRate(), config.outerMomentum());
      case SYNC -> new GradientCollection();
    };
  }

  /** Names of a state record's segments, {@code parameters} first. */
  List<String> segments();

  /**
   * One step.
   *
   * @param state record before the step
   * @param mean of the workers' contributions, weighted by tokens
   * @return the record after the step
   */
  Result step(byte[] state, double[] mean);

  /** A new state record, and the squared L2 norm of the (outer) gradient that led to it. */
  record Result(byte[] state, double squaredNorm) {}
}
