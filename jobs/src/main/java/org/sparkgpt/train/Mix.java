package org.sparkgpt.train;

/**
 * Seeds made of seeds: the finalizer of SplitMix64 (Steele et al., 2014) folded over the values.
 */
final class Mix {
  private Mix() {}

  static long of(long... values) {
    long hash = 0;
    for (long value : values) {
      hash = finalize(hash + value + 0x9E3779B97F4A7C15L);
    }
    return hash;
  }

  private static long finalize(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
