package org.sparkgpt.scrape;

import java.io.Serializable;
import java.util.List;

/** One host's part of a round; its targets are visited in this order. */
public record HostWork(HostState state, List<Target> targets) implements Serializable {
  public HostWork {
    targets = List.copyOf(targets);
  }
}
