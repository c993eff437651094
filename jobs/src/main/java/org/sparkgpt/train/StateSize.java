package org.sparkgpt.train;

import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.ParameterLayout;

/**
 * Bytes of a run's state, all of it float32, where it is kept and stored.
 *
 * @param parameters of the network
 * @param workers and as many owners of chunks
 * @param outer segments of the owners: parameters and what the strategy keeps beside them
 * @param inner segments of every worker's own state: moments and what lossy deltas left over
 * @param chunk parameters of one record
 */
record StateSize(long parameters, int workers, int outer, int inner, int chunk) {
  private static final long SORTED_UNSEEN = 32; // Spillable.maybeSpill, Spark 3.5

  static StateSize of(GptConfig model, TrainConfig config) {
    long parameters = ParameterLayout.of(model).length();
    return new StateSize(
        parameters,
        config.workers(),
        OuterOptimizer.of(config).segments().size(),
        config.innerSegments().size(),
        (int) Math.min(parameters, config.chunkParameters()));
  }

  /** One copy of the parameters. */
  long vector() {
    return Float.BYTES * parameters;
  }

  /** A checkpoint's files. */
  long checkpoint() {
    return vector() * (outer + (long) inner * workers);
  }

  /**
   * What an executor persists while a round's state replaces that of the round before: its workers'
   * parameters and moments, and its part of the outer state; under {@code sync} only the latter,
   * with a gradient.
   *
   * @param copies of each record in the cluster
   */
  long persisted(int workersPerExecutor, int copies) {
    long owned = vector() * (inner > 0 ? outer : 2L * outer + 1) / workers;
    long trained = inner > 0 ? (1 + inner) * vector() : 0;
    return 2L * copies * workersPerExecutor * (owned + trained);
  }

  /** Shuffle files of a round on an executor: the parameters that go out and those that return. */
  long shuffled(int workersPerExecutor) {
    return 2 * vector() * workersPerExecutor;
  }

  /**
   * Arrays of one task while it averages a chunk: state as floats and bytes, a sum in double, and
   * the messages that Spark's sorter takes in before it first looks at how large they are. All else
   * that a task takes in, Spark counts, and moves to disk when there is too much of it.
   */
  long averaging() {
    return (long) chunk
        * (2L * (outer + 1) * Float.BYTES + Double.BYTES + SORTED_UNSEEN * Float.BYTES);
  }
}
