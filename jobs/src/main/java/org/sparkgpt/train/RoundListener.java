package org.sparkgpt.train;

import org.sparkgpt.checkpoint.Checkpoint;

/** Told on the driver, between rounds, how a run goes. An exception it throws ends the run. */
public interface RoundListener {
  /** Nothing to tell. */
  RoundListener NONE = new RoundListener() {};

  /** A round has ended. */
  default void roundEnded(RoundReport round) {}

  /** A checkpoint is complete and has its name. */
  default void checkpointWritten(Checkpoint checkpoint) {}
}
