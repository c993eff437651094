package org.sparkgpt.layer;

import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/** A pre-norm transformer block: y = x + attention(norm(x)); z = y + mlp(norm(y)). */
final class Block {
  private final LayerNorm norm1;
  private final CausalSelfAttention attention;
  private final LayerNorm norm2;
  private final Mlp mlp;
  private final FloatBlock middle; // y, which the second norm reads again in the backward pass
  private final Scratch scratch;
  private final int embd;

  Block(
      GptConfig config,
      Kernels kernels,
      GptParameters.Block weights,
      Activations.BlockActivations kept,
      Scratch scratch) {
    this.embd = config.embd();
    this.norm1 = new LayerNorm(kernels, weights.norm1(), kept.norm1(), embd);
    this.attention = new CausalSelfAttention(config, kernels, weights, kept, scratch);
    this.norm2 = new LayerNorm(kernels, weights.norm2(), kept.norm2(), embd);
    this.mlp = new Mlp(config, kernels, weights, kept.preActivation(), scratch);
    this.middle = kept.middle();
    this.scratch = scratch;
  }

  /**
   * @param z (R,C)
   * @param x (R,C); may be z where no backward pass follows
   */
  void forward(FloatBlock z, FloatBlock x, int batch, int time, Dropout dropout) {
    int rows = batch * time;
    firstHalf(x, batch, time, dropout);
    copy(z, middle, rows);
    mlp.forward(z, norm2.forward(middle, rows), rows, dropout);
  }

  /** Fills what {@link #backward} reads as {@link #forward} did. */
  void recompute(FloatBlock x, int batch, int time, Dropout dropout) {
    int rows = batch * time;
    firstHalf(x, batch, time, dropout);
    mlp.recompute(norm2.forward(middle, rows), rows);
  }

  private void firstHalf(FloatBlock x, int batch, int time, Dropout dropout) {
    int rows = batch * time;
    copy(middle, x, rows);
    attention.forward(middle, norm1.forward(middle, rows), batch, time, dropout);
  }

  private void copy(FloatBlock to, FloatBlock from, int rows) {
    if (to != from) { // scoring has one buffer for all of the stream
      to.copyFrom(from, (long) rows * embd);
    }
  }

  /**
   * Turns the gradient of z, in {@link Scratch#residual}, into that of x.
   *
   * @param add to the gradients of matrices and their biases instead of overwriting them
   */
  void backward(
      GptParameters.Block gradients,
      FloatBlock x,
      int batch,
      int time,
      Dropout dropout,
      boolean add) {
    int rows = batch * time;
    FloatBlock residual = scratch.residual();
    FloatBlock norm = scratch.norm();
    mlp.backward(norm, gradients, norm2.output(), rows, dropout, add);
    norm2.backward(residual, gradients.norm2(), norm, middle, rows);
    attention.backward(norm, gradients, norm1.output(), batch, time, dropout, add);
    norm1.backward(residual, gradients.norm1(), norm, x, rows);
  }
}
