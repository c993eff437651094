package org.sparkgpt.report;

import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.train.RoundListener;
import org.sparkgpt.train.RoundReport;
import org.sparkgpt.train.TrainingStart;

/**
 * How far the training in this JVM is, for metrics. Static, because Spark makes the plugin that
 * shows it and the command makes the listener that knows it; one training runs at a time.
 */
public final class TrainingStatus implements RoundListener {
  private static volatile RoundReport round;
  private static volatile long checkpointStep;
  private static volatile long checkpointNanos;
  private static volatile boolean hasCheckpoint;

  @Override
  public void trainingStarted(TrainingStart start) {
    round = null;
    hasCheckpoint = false;
  }

  @Override
  public void roundEnded(RoundReport ended) {
    round = ended;
  }

  @Override
  public void checkpointWritten(Checkpoint checkpoint) {
    checkpointStep = checkpoint.step();
    checkpointNanos = System.nanoTime();
    hasCheckpoint = true;
  }

  /** The last round; null: none has ended yet. */
  static RoundReport round() {
    return round;
  }

  /** Step of the newest checkpoint that this run wrote; 0: it wrote none. */
  static long checkpointStep() {
    return hasCheckpoint ? checkpointStep : 0;
  }

  /** Seconds since that checkpoint was complete; NaN: there is none. */
  static double checkpointAge() {
    return hasCheckpoint ? (System.nanoTime() - checkpointNanos) * 1e-9 : Double.NaN;
  }
}
