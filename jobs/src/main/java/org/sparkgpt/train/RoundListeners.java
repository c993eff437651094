package org.sparkgpt.train;

import java.util.List;
import org.sparkgpt.checkpoint.Checkpoint;

/** Several listeners as one. */
record RoundListeners(List<RoundListener> listeners) implements RoundListener {
  @Override
  public void trainingStarted(TrainingStart start) {
    listeners.forEach(listener -> listener.trainingStarted(start));
  }

  @Override
  public void roundEnded(RoundReport round) {
    listeners.forEach(listener -> listener.roundEnded(round));
  }

  @Override
  public void checkpointWritten(Checkpoint checkpoint) {
    listeners.forEach(listener -> listener.checkpointWritten(checkpoint));
  }

  /** All of them, even if one fails: they have files to close. */
  @Override
  public void trainingEnded() {
    RuntimeException failure = null;
    for (RoundListener listener : listeners) {
      try {
        listener.trainingEnded();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
