package org.sparkgpt.scrape;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Visits hosts politely: one request at a time to each, several hosts at a time. */
public final class HostVisits {
  private final ScrapeConfig config;

  public HostVisits(ScrapeConfig config) {
    this.config = config;
  }

  /**
   * Ends when all targets are visited or the deadline has passed; a request that is under way then
   * is finished. A target that was not visited is not logged. A failing log ends the run.
   *
   * @param hosts each at most once
   */
  public void run(List<HostWork> hosts, VisitLog log, Instant deadline)
      throws IOException, InterruptedException {
    try (HttpFetch fetch = new HttpFetch(config)) {
      long end = deadline.toEpochMilli();
      new Round(fetch, hosts.stream().map(w -> new HostTurn(config, fetch, w, log, end)).toList())
          .run();
    }
  }

  /** The hosts of a run, in the order in which they are due, and the threads that visit them. */
  private final class Round {
    private final HttpFetch fetch;
    private final DelayQueue<HostTurn> waiting = new DelayQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final ExecutorService threads;

    Round(HttpFetch fetch, List<HostTurn> turns) {
      this.fetch = fetch;
      turns.stream().filter(turn -> !turn.isOver()).forEach(waiting::add);
      open.set(waiting.size());
      threads = Executors.newFixedThreadPool(config.connections(), HostVisits::daemon);
    }

    void run() throws IOException, InterruptedException {
      for (int i = Math.min(config.connections(), open.get()); i > 0; i--) {
        threads.execute(this::visitHosts);
      }
      threads.shutdown();
      try {
        threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      } finally {
        stop();
        awaitThreads();
      }
      rethrow();
    }

    private void visitHosts() {
      try {
        while (true) {
          HostTurn turn = waiting.take();
          if (!turn.isOver()) {
            turn.step();
          }
          if (!turn.isOver()) {
            waiting.add(turn);
          } else if (open.decrementAndGet() == 0) {
            threads.shutdownNow(); // the others wait for a host that will not come
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException | RuntimeException | Error e) {
        failure.compareAndSet(null, e);
        stop();
      }
    }

    private void stop() {
      fetch.close();
      threads.shutdownNow();
    }

    /** When the run has ended, however it did, nothing is logged any more. */
    private void awaitThreads() {
      boolean interrupted = false;
      while (!threads.isTerminated()) {
        try {
          threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private void rethrow() throws IOException {
      Throwable cause = failure.get();
      if (cause instanceof IOException e) {
        throw e;
      }
      if (cause != null) {
        throw new IllegalStateException("visiting hosts failed", cause);
      }
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "scrape");
    thread.setDaemon(true);
    return thread;
  }
}
