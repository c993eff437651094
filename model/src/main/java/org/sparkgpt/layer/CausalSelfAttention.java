package org.sparkgpt.layer;

import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/** Multi-head self-attention in which a position sees only itself and those before it. */
final class CausalSelfAttention {
  private static final int PROBABILITIES = 1; // places of dropout within a block
  private static final int RESIDUAL = 2;

  private final Kernels kernels;
  private final GptConfig config;
  private final GptParameters.Linear in;
  private final ResidualBranch out;
  private final FloatBlock qkv;
  private final FloatBlock mixed; // the heads' outputs side by side
  private final Scratch scratch;

  CausalSelfAttention(
      GptConfig config,
      Kernels kernels,
      GptParameters.Block weights,
      Activations.BlockActivations kept,
      Scratch scratch) {
    this.kernels = kernels;
    this.config = config;
    this.in = weights.attention();
    this.out =
        new ResidualBranch(
            kernels, weights.attentionProjection(), scratch, config.embd(), config.embd());
    this.qkv = kept.qkv();
    this.mixed = kept.mixed();
    this.scratch = scratch;
  }

  /** residual += attention(x). */
  void forward(FloatBlock residual, FloatBlock x, int batch, int time, Dropout dropout) {
    int rows = batch * time;
    int embd = config.embd();
    kernels.linear(qkv, x, in.weight(), in.bias(), rows, embd, 3 * embd);
    kernels.causalAttention(
        mixed, qkv, batch, time, config.heads(), config.headSize(), dropout.at(PROBABILITIES));
    out.forward(residual, mixed, rows, dropout.at(RESIDUAL));
  }

  /** dX from the gradient of the residual stream, which is left as it is. */
  void backward(
      FloatBlock dx,
      GptParameters.Block gradients,
      FloatBlock x,
      int batch,
      int time,
      Dropout dropout,
      boolean add) {
    int rows = batch * time;
    int embd = config.embd();
    FloatBlock dmixed = scratch.activation(); // the MLP no longer needs it
    out.backward(dmixed, gradients.attentionProjection(), mixed, rows, dropout.at(RESIDUAL), add);
    FloatBlock dqkv = scratch.wide();
    kernels.causalAttentionBackward(
        dqkv,
        dmixed,
        qkv,
        batch,
        time,
        config.heads(),
        config.headSize(),
        dropout.at(PROBABILITIES));
    GptParameters.Linear gradient = gradients.attention();
    kernels.linearBackwardWeight(
        gradient.weight(), gradient.bias(), dqkv, x, rows, embd, 3 * embd, add);
    kernels.linearBackwardInput(dx, dqkv, in.weight(), rows, embd, 3 * embd);
  }
}
