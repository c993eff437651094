package org.sparkgpt.layer;

import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;

/** Runs a network over a minibatch, which is cut into micro-batches. */
final class MicroBatches {
  private final Gpt gpt;
  private final TokenBatch tokens;

  MicroBatches(Gpt gpt) {
    this.gpt = gpt;
    this.tokens = new TokenBatch(gpt.batch());
  }

  Gpt gpt() {
    return gpt;
  }

  /** The minibatch: to be read before a call. */
  TokenBatch tokens() {
    return tokens;
  }

  /** Mean loss per token, without dropout. */
  double loss() {
    gpt.refreshWeights();
    double loss = 0;
    for (int i = 0; i < tokens.microBatches(); i++) {
      tokens.select(i);
      loss += gpt.loss(tokens.ids(), tokens.targets(), tokens.rows(), tokens.time());
    }
    return loss / tokens.positions();
  }

  /** Mean loss per token of each sequence (B), without dropout. */
  double[] sequenceLosses() {
    gpt.refreshWeights();
    int time = tokens.time();
    double[] means = new double[tokens.sequences()];
    float[] losses = new float[gpt.batch() * time];
    for (int i = 0; i < tokens.microBatches(); i++) {
      tokens.select(i);
      gpt.loss(tokens.ids(), tokens.targets(), tokens.rows(), time);
      gpt.losses(losses, tokens.rows() * time);
      for (int r = 0; r < tokens.rows() * time; r++) {
        means[tokens.first() + r / time] += (double) losses[r] / time;
      }
    }
    return means;
  }

  /**
   * Overwrites {@code gradients} with those of the mean loss, which is returned.
   *
   * @param dropout with the seed of this step
   * @param changed whether parameters have changed since the last call
   */
  double backward(GptParameters gradients, Dropout dropout, boolean changed) {
    if (changed) {
      gpt.refreshWeights();
    }
    float scale = (float) (1.0 / tokens.positions());
    double loss = 0;
    for (int i = 0; i < tokens.microBatches(); i++) {
      tokens.select(i);
      loss +=
          gpt.backward(
              gradients,
              tokens.ids(),
              tokens.targets(),
              tokens.rows(),
              tokens.time(),
              scale,
              dropout.at(i),
              i > 0);
    }
    return loss / tokens.positions();
  }

  /**
   * Logits of every position, without dropout.
   *
   * @param logits (B,T,V)
   */
  void logits(FloatBlock logits) {
    gpt.refreshWeights();
    long sequence = (long) tokens.time() * gpt.config().vocabulary();
    for (int i = 0; i < tokens.microBatches(); i++) {
      tokens.select(i);
      FloatBlock slice = logits.slice(tokens.first() * sequence, tokens.rows() * sequence);
      gpt.logits(slice, tokens.ids(), tokens.rows(), tokens.time());
    }
  }
}
