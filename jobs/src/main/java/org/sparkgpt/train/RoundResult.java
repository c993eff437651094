package org.sparkgpt.train;

import java.util.Comparator;
import java.util.List;

/**
 * The scalars of a round.
 *
 * @param workers their reports, by worker
 * @param updateNorm L2 norm of what the outer optimizer acted on: the mean change of the
 *     parameters, or under {@code sync} the mean gradient
 */
record RoundResult(List<WorkerReport> workers, double updateNorm) {
  long tokens() {
    return workers.stream().mapToLong(WorkerReport::tokens).sum();
  }

  /** Mean per token over workers and steps, nats. */
  double loss() {
    return workers.stream().mapToDouble(w -> w.loss() * w.tokens()).sum() / tokens();
  }

  /** Mean over the workers of their last step's gradient norm before clipping. */
  double gradientNorm() {
    return workers.stream().mapToDouble(WorkerReport::gradientNorm).average().orElse(Double.NaN);
  }

  long bytes() {
    return workers.stream().mapToLong(WorkerReport::bytes).sum();
  }

  double slowestSeconds() {
    return workers.stream().mapToDouble(WorkerReport::seconds).max().orElse(Double.NaN);
  }

  /** Of an even number the lower middle one: of two workers, one can be a straggler. */
  double medianSeconds() {
    double[] seconds = workers.stream().mapToDouble(WorkerReport::seconds).sorted().toArray();
    return seconds[(seconds.length - 1) / 2];
  }

  List<RoundReport.Worker> parts() {
    return workers.stream().map(WorkerReport::part).toList();
  }

  /** Stops the run if a worker met a number that is not finite. */
  void requireFinite() {
    workers.stream()
        .filter(w -> w.failure() != null)
        .min(Comparator.comparingInt(WorkerReport::failedStep).thenComparing(WorkerReport::worker))
        .ifPresent(
            w -> {
              throw new TrainingFailure(
                  "training diverged at step "
                      + w.failedStep()
                      + " on worker "
                      + w.worker()
                      + ": "
                      + w.failure()
                      + "; lower optimizer.learningRate, or look at the data of that step");
            });
  }
}
