package org.sparkgpt.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The threads of Java loops, as many as oneDNN uses: the caller's and others of our own, which
 * sleep between loops.
 */
final class Threads implements AutoCloseable {

  /** Work on the elements [first, end). */
  interface Range {
    void run(long first, long end);
  }

  private final int count;
  private final ExecutorService others;

  Threads(int count) {
    this.count = count;
    this.others = count == 1 ? null : Executors.newFixedThreadPool(count - 1, Threads::newThread);
  }

  private static Thread newThread(Runnable work) {
    Thread thread = new Thread(work, "kernels");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Cuts {@code length} elements into one range a thread, none shorter than {@code grain}, and
   * returns when all are done. Which elements form a range never depends on timing.
   */
  void ranges(long length, long grain, Range work) {
    int parts = (int) Math.max(1, Math.min(count, length / Math.max(1, grain)));
    List<Future<?>> running = new ArrayList<>(parts);
    for (int i = 1; i < parts; i++) {
      long first = length * i / parts;
      long end = length * (i + 1) / parts;
      running.add(others.submit(() -> work.run(first, end)));
    }
    work.run(0, length / parts);
    running.forEach(Threads::join);
  }

  private static void join(Future<?> part) {
    boolean interrupted = false;
    while (true) {
      try {
        part.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the memory is in use until all are done
      } catch (ExecutionException e) {
        throw new IllegalStateException("a loop failed: " + e.getCause(), e.getCause());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (others != null) {
      others.shutdown();
    }
  }
}
