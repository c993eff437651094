package org.sparkgpt.train;

import java.io.UncheckedIOException;
import java.util.Optional;
import org.sparkgpt.checkpoint.CheckpointException;

/** What a failed Spark job has to say to the operator. */
public final class TaskFailure {
  private TaskFailure() {}

  /**
   * The failure a task itself reported, if it is one whose message says what to do; otherwise
   * {@code failure}. Spark declares its checked {@code SparkException} nowhere.
   */
  public static RuntimeException of(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IllegalArgumentException
          || cause instanceof CheckpointException
          || cause instanceof UncheckedIOException) {
        return (RuntimeException) cause;
      }
      Optional<String> loss = lostMachines(String.valueOf(cause.getMessage()));
      if (loss.isPresent()) {
        IllegalStateException lost = new IllegalStateException(loss.get());
        lost.addSuppressed(failure);
        return lost;
      }
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(failure.getMessage(), failure);
  }

  /**
   * What Spark's message about a job that ran out of executors means; empty: it is about other
   * things.
   */
  private static Optional<String> lostMachines(String message) {
    if (message.contains("SparkContext was shut down")) {
      return Optional.of(
          "Spark was stopped under the run: either this process was told to end, or the cluster ended"
              + " the application, mostly because its executors kept dying (see their logs); started"
              + " again, the run goes on from its last checkpoint");
    }
    boolean executorLost = message.contains("ExecutorLostFailure");
    if (!executorLost && !message.contains("failed the maximum allowable number of times")) {
      return Optional.empty();
    }
    int reason = message.indexOf("Reason: ");
    String detail = executorLost && reason >= 0 ? message.substring(reason + 8) : "";
    String line = detail.lines().findFirst().map(first -> " (" + first + ")").orElse("");
    return Optional.of(
        "executors were lost faster than one round could be repeated"
            + line
            + ": see their logs, code 137 is mostly a memory limit; started again, the run goes on"
            + " from its last checkpoint");
  }
}
