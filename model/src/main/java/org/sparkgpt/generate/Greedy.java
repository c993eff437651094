package org.sparkgpt.generate;

/** The likeliest token. */
final class Greedy {
  private Greedy() {}

  /** Index of the largest of the first {@code vocabulary} logits, the smallest among equals. */
  static int next(float[] logits, int vocabulary) {
    int best = 0;
    for (int id = 0; id < Math.min(vocabulary, logits.length); id++) {
      if (Float.isNaN(logits[id])) {
        throw new IllegalStateException(
            "the logit of token " + id + " is NaN: the model's parameters are not usable");
      }
      if (logits[id] > logits[best]) {
        best = id;
      }
    }
    return best;
  }
}
