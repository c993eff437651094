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
  private final FloatBlock output; // z
  private final int embd;

  Block(Plan plan, Kernels kernels, GptParameters.Block weights) {
    this.embd = plan.config().embd();
    this.norm1 = new LayerNorm(plan, kernels, weights.norm1());
    this.attention = new CausalSelfAttention(plan, kernels, weights);
    this.norm2 = new LayerNorm(plan, kernels, weights.norm2());
    this.mlp = new Mlp(plan, kernels, weights);
    this.middle = plan.activations(embd);
    this.output = plan.activations(embd);
  }

  /** What the last forward pass returned. */
  FloatBlock output() {
    return output;
  }

  FloatBlock forward(FloatBlock x, FloatBlock scratch, int batch, int time, Dropout dropout) {
    int rows = batch * time;
    middle.copyFrom(x, (long) rows * embd);
    attention.forward(middle, norm1.forward(x, rows), scratch, batch, time, dropout);
    output.copyFrom(middle, (long) rows * embd);
    mlp.forward(output, norm2.forward(middle, rows), scratch, rows, dropout);
    return output;
  }

  /** Turns the gradient of z, in {@code scratch.residual}, into that of x. */
  void backward(
      GptParameters.Block gradients,
      FloatBlock x,
      Scratch scratch,
      int batch,
      int time,
      Dropout dropout) {
    int rows = batch * time;
    FloatBlock residual = scratch.residual();
    FloatBlock norm = scratch.norm();
    mlp.backward(norm, gradients, residual, norm2.output(), scratch, rows, dropout);
    norm2.backward(residual, gradients.norm2(), norm, middle, rows);
    attention.backward(norm, gradients, residual, norm1.output(), scratch, batch, time, dropout);
    norm1.backward(residual, gradients.norm1(), norm, x, rows);
  }
}
