package org.sparkgpt.layer;

import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/** The feed-forward half of a block: GELU(x W1 + b1) W2 + b2, four times as wide inside. */
final class Mlp {
  private static final int RESIDUAL = 3; // place of dropout within a block

  private final Kernels kernels;
  private final GptParameters.Block weights;
  private final GptConfig config;
  private final int hidden;
  private final FloatBlock preActivation;
  private final FloatBlock activation;

  Mlp(Plan plan, Kernels kernels, GptParameters.Block weights) {
    this.kernels = kernels;
    this.weights = weights;
    this.config = plan.config();
    this.hidden = 4 * config.embd();
    this.preActivation = plan.activations(hidden);
    this.activation = plan.activations(hidden);
  }

  /** residual += mlp(x). */
  void forward(FloatBlock residual, FloatBlock x, FloatBlock scratch, int rows, Dropout dropout) {
    GptParameters.Linear in = weights.fullyConnected();
    kernels.linear(preActivation, x, in.weight(), in.bias(), rows, config.embd(), hidden);
    kernels.gelu(activation, preActivation, (long) rows * hidden, config.activation());
    ResidualBranch.forward(
        kernels,
        residual,
        activation,
        weights.mlpProjection(),
        scratch,
        rows,
        hidden,
        config.embd(),
        dropout.at(RESIDUAL));
  }

  /** dX from the gradient of the residual stream, which is left as it is. */
  void backward(
      FloatBlock dx,
      GptParameters.Block gradients,
      FloatBlock dresidual,
      FloatBlock x,
      Scratch scratch,
      int rows,
      Dropout dropout) {
    int embd = config.embd();
    FloatBlock dhidden = scratch.wide();
    ResidualBranch.backward(
        kernels,
        dhidden,
        gradients.mlpProjection(),
        dresidual,
        activation,
        weights.mlpProjection(),
        scratch.branch(),
        rows,
        hidden,
        embd,
        dropout.at(RESIDUAL));
    kernels.geluBackward(
        dhidden, dhidden, preActivation, (long) rows * hidden, config.activation());
    GptParameters.Linear gradient = gradients.fullyConnected();
    kernels.linearBackwardWeight(
        gradient.weight(), gradient.bias(), dhidden, x, rows, embd, hidden, true);
    kernels.linearBackwardInput(dx, dhidden, weights.fullyConnected().weight(), rows, embd, hidden);
  }
}
