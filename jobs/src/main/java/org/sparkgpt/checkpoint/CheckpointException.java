package org.sparkgpt.checkpoint;

import java.io.IOException;

/** A checkpoint that is damaged, of another format, or could not be written. */
public final class CheckpointException extends RuntimeException {
  public CheckpointException(String message) {
    super(message);
  }

  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A file system's own words in one line; HDFS puts a stack trace behind them. */
  static String reason(IOException failure) {
    String message = failure.getMessage() == null ? "" : failure.getMessage();
    String line = message.lines().findFirst().orElse("");
    return failure.getClass().getSimpleName() + (line.isEmpty() ? "" : ": " + line);
  }
}
