package org.sparkgpt.train;

/** Training cannot go on: the numbers are no longer finite. */
public final class TrainingFailure extends RuntimeException {
  public TrainingFailure(String message) {
    super(message);
  }
}
