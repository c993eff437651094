package org.sparkgpt.ingest;

/** What archives nested in one entry of an archive have unpacked to so far. */
final class NestedBytes {
  private final long max;
  private long taken;

  NestedBytes(long max) {
    this.max = max;
  }

  /**
   * Counts what is there, read or not, so that tasks that share an archive agree.
   *
   * @throws RejectedException if it is too much; then for every further call too
   */
  void take(long bytes) throws RejectedException {
    taken = Math.addExact(Math.min(taken, Long.MAX_VALUE / 2), Math.min(bytes, Long.MAX_VALUE / 2));
    if (taken > max) {
      throw RejectedException.nestedSize(taken, max);
    }
  }
}
