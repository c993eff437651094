package org.sparkgpt.layer;

import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/** Layer norm (Ba et al., 2016). It reads its input again in the backward pass. */
final class LayerNorm {
  private final Kernels kernels;
  private final GptParameters.Norm weights;
  private final int embd;
  private final FloatBlock y;
  private final FloatBlock mean;
  private final FloatBlock rstd;

  LayerNorm(Plan plan, Kernels kernels, GptParameters.Norm weights) {
    this.kernels = kernels;
    this.weights = weights;
    this.embd = plan.config().embd();
    this.y = plan.activations(embd);
    this.mean = plan.activations(1);
    this.rstd = plan.activations(1);
  }

  /** What the last forward pass returned. */
  FloatBlock output() {
    return y;
  }

  FloatBlock forward(FloatBlock x, int rows) {
    kernels.layerNorm(y, mean, rstd, x, weights.gain(), weights.bias(), rows, embd);
    return y;
  }

  /** dX += the gradient through the norm. */
  void backward(
      FloatBlock dx, GptParameters.Norm gradients, FloatBlock dy, FloatBlock x, int rows) {
    kernels.layerNormBackward(
        dx, gradients.gain(), gradients.bias(), dy, x, mean, rstd, weights.gain(), rows, embd);
  }
}
