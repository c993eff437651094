package org.sparkgpt.train;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.bytedeco.javacpp.Pointer;

/**
 * What this JVM has trained since it started, for metrics. Work that Spark had done twice counts
 * twice: it was done.
 *
 * @param tokens trained on
 * @param seconds that workers spent in their steps, summed over workers
 * @param nativeBytes memory outside the heap that networks and kernels hold now
 */
public record ExecutorTotals(long tokens, double seconds, long nativeBytes) {
  private static final LongAdder TOKENS = new LongAdder();
  private static final DoubleAdder SECONDS = new DoubleAdder();

  static void add(WorkerReport report) {
    TOKENS.add(report.tokens());
    SECONDS.add(report.seconds());
  }

  /** As of now. */
  public static ExecutorTotals now() {
    return new ExecutorTotals(TOKENS.sum(), SECONDS.sum(), Pointer.totalBytes());
  }
}
