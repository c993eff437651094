package org.sparkgpt.scrape;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps visits in memory. */
final class RecordingLog implements VisitLog {
  final List<Visit> visits = new CopyOnWriteArrayList<>();
  final Map<String, Exchange> exchanges = new ConcurrentHashMap<>();
  final Map<String, HostState> hosts = new ConcurrentHashMap<>();

  @Override
  public void visited(Visit visit, Exchange exchange) {
    visits.add(visit);
    if (exchange != null) {
      exchanges.put(visit.url(), exchange);
    }
  }

  @Override
  public void host(HostState state) {
    hosts.put(state.host(), state);
  }

  /** What came of a URL, visit by visit. */
  List<Outcome> outcomes(String url) {
    return visits.stream().filter(v -> v.url().equals(url)).map(Visit::outcome).toList();
  }

  /** The last visit to a URL. */
  Visit last(String url) {
    return visits.stream().filter(v -> v.url().equals(url)).reduce((a, b) -> b).orElseThrow();
  }
}
