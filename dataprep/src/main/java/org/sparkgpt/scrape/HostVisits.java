package org.sparkgpt.scrape;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Visits hosts politely: one request at a time to each, several hosts at a time. */
public final class HostVisits {
  private final ScrapeConfig config;

  public HostVisits(ScrapeConfig config) {
    this.config = config;
  }

  /**
   * Ends when all targets are visited or the deadline has passed; a target that was not visited by
   * then is not logged.
   */
  public void run(List<HostWork> hosts, VisitLog log, Instant deadline)
      throws IOException, InterruptedException {
    throw new UnsupportedOperationException(config + ": " + hosts + log + deadline);
  }
}
