package org.sparkgpt.extract;

/** What may still be spent on one page. The clock runs from the construction. */
final class Limits {
  private final ExtractConfig config;
  private final long start = System.nanoTime();

  Limits(ExtractConfig config) {
    this.config = config;
  }

  int maxDepth() {
    return config.maxDepth();
  }

  void checkDepth(int depth) throws UnreadablePageException {
    if (depth > config.maxDepth()) {
      throw UnreadablePageException.tooDeep(depth, config.maxDepth());
    }
  }

  void checkTime() throws UnreadablePageException {
    long millis = (System.nanoTime() - start) / 1_000_000;
    if (millis > config.maxMillis()) {
      throw UnreadablePageException.tooSlow(millis, config.maxMillis());
    }
  }
}
