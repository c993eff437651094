package org.sparkgpt.train;

import java.io.UncheckedIOException;
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
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(failure.getMessage(), failure);
  }
}
