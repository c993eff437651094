package org.sparkgpt.quality;

import org.sparkgpt.corpus.Hash64;

/**
 * The draw of GPT-3's appendix A: a document is kept if {@code score > 1 - x}, x from {@code
 * numpy.random.pareto(9)}, which is the Lomax distribution. By inversion x = u^(-1/9) - 1 with u
 * uniform in (0, 1], so the least score that is kept is 2 - u^(-1/9), and
 *
 * <pre>P(keep | score) = (2 - score)^-9: 0.2 % at 0, 2.6 % at 0.5, 42 % at 0.9, all at 1.</pre>
 *
 * u comes from a hash of the seed and the document's id, so the draw is the same wherever and
 * whenever it is made.
 */
final class Pareto {
  private static final double ALPHA = 9;

  private Pareto() {}

  /** The least score with which the document is kept, at most 1; low ones are below 0. */
  static double leastScore(long seed, String id) {
    long bits = Hash64.append(Hash64.mix(seed), Hash64.of(id)) >>> 11;
    double u = (bits + 1) * 0x1p-53; // (0, 1]
    return 2 - StrictMath.pow(u, -1 / ALPHA); // strict: the same bits on every machine
  }
}
