package org.sparkgpt.jobs;

import java.util.ArrayList;
import java.util.List;
import org.sparkgpt.train.DeltaEncoding;
import org.sparkgpt.train.Strategy;

/** One way to train the model of a run file, compared with others by {@code bench averaging}. */
record AveragingTrial(
    Strategy strategy, int workers, int localSteps, DeltaEncoding deltas, long seed) {

  /** All combinations; {@code sync} has one number of local steps and one encoding. */
  static List<AveragingTrial> all(
      List<Strategy> strategies,
      List<Integer> workers,
      List<Integer> localSteps,
      List<DeltaEncoding> deltas,
      List<Long> seeds) {
    List<AveragingTrial> trials = new ArrayList<>();
    for (Strategy strategy : strategies) {
      boolean sync = strategy == Strategy.SYNC;
      for (DeltaEncoding encoding : sync ? List.of(DeltaEncoding.FP32) : deltas) {
        for (int number : workers) {
          for (int steps : sync ? List.of(1) : localSteps) {
            for (long seed : seeds) {
              trials.add(new AveragingTrial(strategy, number, steps, encoding, seed));
            }
          }
        }
      }
    }
    return trials;
  }

  /** Its settings, as the command line would have them. */
  List<String> overrides() {
    return List.of(
        "seed=" + seed,
        "train.strategy=" + strategy.yaml(),
        "train.workers=" + workers,
        "train.localSteps=" + localSteps,
        "train.deltas=" + deltas.yaml());
  }
}
