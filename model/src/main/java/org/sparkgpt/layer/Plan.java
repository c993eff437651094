package org.sparkgpt.layer;

import org.sparkgpt.kernel.FloatBlock;

/**
 * What the buffers of a network are sized for.
 *
 * @param config the network
 * @param batch most rows of a micro-batch, B; every row may be as long as the context, T
 */
record Plan(GptConfig config, int batch) {

  Plan {
    if (batch < 1) {
      throw new IllegalArgumentException("train.microBatch must be positive, got " + batch);
    }
    long widest = (long) batch * config.context() * 4 * config.embd();
    if (widest > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "train.microBatch x model.context x 4 model.embd must stay below 2^31, got " + widest);
    }
  }

  /** B·T. */
  int rows() {
    return batch * config.context();
  }

  /** A new buffer (B·T, cols). */
  FloatBlock activations(int cols) {
    return FloatBlock.allocate((long) rows() * cols);
  }
}
