package org.sparkgpt.layer;

import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/** Layer norm (Ba et al., 2016). It reads its input again in the backward pass. */
final class LayerNorm {
  private final Kernels kernels;
  private final GptParameters.Norm weights;
  private final Activations.Norm kept;
  private final int embd;

  LayerNorm(Kernels kernels, GptParameters.Norm weights, Activations.Norm kept, int embd) {
    this.kernels = kernels;
    this.weights = weights;
    this.kept = kept;
    this.embd = embd;
  }

  /** What the last forward pass returned. */
  FloatBlock output() {
    return kept.y();
  }

  FloatBlock forward(FloatBlock x, int rows) {
    kernels.layerNorm(
        kept.y(), kept.mean(), kept.rstd(), x, weights.gain(), weights.bias(), rows, embd);
    return kept.y();
  }

  /** dX += the gradient through the norm; the gradients of gain and bias grow as well. */
  void backward(
      FloatBlock dx, GptParameters.Norm gradients, FloatBlock dy, FloatBlock x, int rows) {
    kernels.layerNormBackward(
        dx,
        gradients.gain(),
        gradients.bias(),
        dy,
        x,
        kept.mean(),
        kept.rstd(),
        weights.gain(),
        rows,
        embd);
  }
}
