package org.sparkgpt.train;

import org.sparkgpt.corpus.Hash64;

/**
 * Seeds made of seeds: the finalizer of SplitMix64 (Steele et al., 2014) folded over the values.
 */
final class Mix {
  private Mix() {}

  static long of(long... values) {
    long hash = 0;
    for (long value : values) {
      hash = Hash64.mix(hash + value + 0x9E3779B97F4A7C15L);
    }
    return hash;
  }
}
