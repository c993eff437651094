package org.sparkgpt.scrape;

import java.io.IOException;

/** Where visits go. Called by several threads. */
public interface VisitLog {
  /**
   * Returns when the visit can no longer be lost by a kill of the process.
   *
   * @param exchange null if none came back whole, or it must not be kept
   */
  void visited(Visit visit, Exchange exchange) throws IOException;

  /** A host's robots.txt was fetched. Returns as {@link #visited} does. */
  void host(HostState state) throws IOException;
}
