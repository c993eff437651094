package org.sparkgpt.layer;

import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/**
 * The feed-forward half of a block: GELU(x W1 + b1) W2 + b2, four times as wide inside. Only the
 * pre-activation is kept; the backward pass computes the GELU a second time, which is cheap.
 */
final class Mlp {
  private static final int RESIDUAL = 3; // place of dropout within a block

  private final Kernels kernels;
  private final GptConfig config;
  private final GptParameters.Linear in;
  private final ResidualBranch out;
  private final FloatBlock preActivation; // null: not kept
  private final Scratch scratch;
  private final int hidden;

  Mlp(
      GptConfig config,
      Kernels kernels,
      GptParameters.Block weights,
      FloatBlock preActivation,
      Scratch scratch) {
    this.kernels = kernels;
    this.config = config;
    this.hidden = 4 * config.embd();
    this.in = weights.fullyConnected();
    this.out = new ResidualBranch(kernels, weights.mlpProjection(), scratch, hidden, config.embd());
    this.preActivation = preActivation;
    this.scratch = scratch;
  }

  /** residual += mlp(x). */
  void forward(FloatBlock residual, FloatBlock x, int rows, Dropout dropout) {
    kernels.linearGelu(
        scratch.activation(),
        preActivation,
        x,
        in.weight(),
        in.bias(),
        rows,
        config.embd(),
        hidden,
        config.activation());
    out.forward(residual, scratch.activation(), rows, dropout.at(RESIDUAL));
  }

  /** Fills what {@link #backward} reads as {@link #forward} did. */
  void recompute(FloatBlock x, int rows) {
    kernels.linear(preActivation, x, in.weight(), in.bias(), rows, config.embd(), hidden);
  }

  /** dX from the gradient of the residual stream, which is left as it is. */
  void backward(
      FloatBlock dx,
      GptParameters.Block gradients,
      FloatBlock x,
      int rows,
      Dropout dropout,
      boolean add) {
    long inside = (long) rows * hidden;
    FloatBlock dhidden = scratch.wide();
    kernels.gelu(scratch.activation(), preActivation, inside, config.activation());
    out.backward(
        dhidden, gradients.mlpProjection(), scratch.activation(), rows, dropout.at(RESIDUAL), add);
    kernels.geluBackward(dhidden, dhidden, preActivation, inside, config.activation());
    GptParameters.Linear gradient = gradients.fullyConnected();
    kernels.linearBackwardWeight(
        gradient.weight(), gradient.bias(), dhidden, x, rows, config.embd(), hidden, add);
    kernels.linearBackwardInput(dx, dhidden, in.weight(), rows, config.embd(), hidden);
  }
}
