package org.sparkgpt.train;

import java.util.List;
import org.sparkgpt.checkpoint.Checkpoint;

/** Told on the driver, between rounds, how a run goes. An exception it throws ends the run. */
public interface RoundListener {
  /** Nothing to tell. */
  RoundListener NONE = new RoundListener() {};

  /** All of them, in this order. */
  static RoundListener all(RoundListener... listeners) {
    return new RoundListeners(List.of(listeners));
  }

  /** A run begins, or goes on from a checkpoint. */
  default void trainingStarted(TrainingStart start) {}

  /** A round has ended. */
  default void roundEnded(RoundReport round) {}

  /** A checkpoint is complete and has its name. */
  default void checkpointWritten(Checkpoint checkpoint) {}

  /** The run is over, done or failed; {@code metrics.jsonl} is there. */
  default void trainingEnded() {}
}
