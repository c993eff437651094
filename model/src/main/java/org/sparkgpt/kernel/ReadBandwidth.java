package org.sparkgpt.kernel;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** How fast this machine reads memory: what bounds work that reads every byte once. */
public final class ReadBandwidth {
  private static final long BYTES = 512L << 20; // more than caches hold
  private static final int PASSES = 10;

  private ReadBandwidth() {}

  /**
   * The best of some passes over half a gigabyte, in which the C library searches each thread's
   * part for a byte that is not there.
   *
   * @param threads that read at once
   * @return in 10^9 bytes per second
   */
  public static double gigabytesPerSecond(int threads) {
    try (BytePointer memory = new BytePointer(BYTES);
        Threads loops = new Threads(threads)) {
      memory.zero();
      long fastest = Long.MAX_VALUE;
      for (int pass = 0; pass < PASSES; pass++) {
        long start = System.nanoTime();
        loops.ranges(BYTES, 1, (first, end) -> search(memory, first, end));
        fastest = Math.min(fastest, System.nanoTime() - start);
      }
      return (double) BYTES / fastest;
    }
  }

  private static void search(BytePointer memory, long first, long end) {
    if (Pointer.memchr(memory.getPointer(first), 1, end - first) != null) {
      throw new IllegalStateException("memory that was set to 0 holds a 1");
    }
  }
}
