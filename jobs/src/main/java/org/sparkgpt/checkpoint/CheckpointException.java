package org.sparkgpt.checkpoint;

/** A checkpoint that is damaged, of another format, or could not be written. */
public final class CheckpointException extends RuntimeException {
  public CheckpointException(String message) {
    super(message);
  }

  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
