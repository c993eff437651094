package org.sparkgpt.stage;

/** Another run works on the output directory; this one must not. */
public final class RunInProgress extends RuntimeException {
  RunInProgress(String message) {
    super(message);
  }
}
