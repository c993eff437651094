package org.sparkgpt.layer;

import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/** Multi-head self-attention in which a position sees only itself and those before it. */
final class CausalSelfAttention {
  private static final int PROBABILITIES = 1; // places of dropout within a block
  private static final int RESIDUAL = 2;

  private final Kernels kernels;
  private final GptParameters.Block weights;
  private final GptConfig config;
  private final FloatBlock qkv;
  private final FloatBlock mixed; // the heads' outputs side by side

  CausalSelfAttention(Plan plan, Kernels kernels, GptParameters.Block weights) {
    this.kernels = kernels;
    this.weights = weights;
    this.config = plan.config();
    this.qkv = plan.activations(3 * config.embd());
    this.mixed = plan.activations(config.embd());
  }

  /** residual += attention(x). */
  void forward(
      FloatBlock residual, FloatBlock x, FloatBlock scratch, int batch, int time, Dropout dropout) {
    int rows = batch * time;
    int embd = config.embd();
    GptParameters.Linear in = weights.attention();
    kernels.linear(qkv, x, in.weight(), in.bias(), rows, embd, 3 * embd);
    kernels.causalAttention(
        mixed, qkv, batch, time, config.heads(), config.headSize(), dropout.at(PROBABILITIES));
    ResidualBranch.forward(
        kernels,
        residual,
        mixed,
        weights.attentionProjection(),
        scratch,
        rows,
        embd,
        embd,
        dropout.at(RESIDUAL));
  }

  /** dX from the gradient of the residual stream, which is left as it is. */
  void backward(
      FloatBlock dx,
      GptParameters.Block gradients,
      FloatBlock dresidual,
      FloatBlock x,
      Scratch scratch,
      int batch,
      int time,
      Dropout dropout) {
    int rows = batch * time;
    int embd = config.embd();
    ResidualBranch.backward(
        kernels,
        scratch.mixed(),
        gradients.attentionProjection(),
        dresidual,
        mixed,
        weights.attentionProjection(),
        scratch.branch(),
        rows,
        embd,
        embd,
        dropout.at(RESIDUAL));
    FloatBlock dqkv = scratch.wide();
    kernels.causalAttentionBackward(
        dqkv,
        scratch.mixed(),
        qkv,
        batch,
        time,
        config.heads(),
        config.headSize(),
        dropout.at(PROBABILITIES));
    GptParameters.Linear gradient = gradients.attention();
    kernels.linearBackwardWeight(
        gradient.weight(), gradient.bias(), dqkv, x, rows, embd, 3 * embd, true);
    kernels.linearBackwardInput(dx, dqkv, weights.attention().weight(), rows, embd, 3 * embd);
  }
}
