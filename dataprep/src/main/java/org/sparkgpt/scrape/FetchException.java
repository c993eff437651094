package org.sparkgpt.scrape;

import java.io.IOException;

/** A request that brought no usable answer, and why. */
final class FetchException extends IOException {
  private final Outcome outcome;

  FetchException(Outcome outcome) {
    super(outcome.toString());
    this.outcome = outcome;
  }

  FetchException(Outcome outcome, Throwable cause) {
    super(outcome.toString(), cause);
    this.outcome = outcome;
  }

  Outcome outcome() {
    return outcome;
  }
}
