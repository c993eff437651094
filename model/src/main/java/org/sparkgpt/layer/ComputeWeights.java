package org.sparkgpt.layer;

import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/**
 * A network's weights as the kernels read them. In F32 they are the parameters themselves. In BF16
 * the matrices that are multiplied with are rounded copies, made by {@link #refresh}; all else, the
 * embedding's look-up included, still reads the parameters.
 */
final class ComputeWeights {
  private static final String PART = "bf16 weights";

  private final GptParameters weights;
  private final Kernels kernels;
  private final FloatBlock parameters;
  private final FloatBlock rounded; // in the parameters' layout; null in F32

  /**
   * @param parameters flat vector in {@link ParameterLayout} order, shared
   */
  ComputeWeights(Buffers buffers, Kernels kernels, FloatBlock parameters) {
    this.kernels = kernels;
    this.parameters = parameters;
    this.rounded = allocate(buffers);
    this.weights = GptParameters.of(buffers.config(), parameters, rounded);
    refresh();
  }

  /** Room for the copies, which is as long as all parameters; {@code null} in F32. */
  static FloatBlock allocate(Buffers buffers) {
    return buffers.dtype() == Dtype.F32
        ? null
        : buffers.matrix(PART, ParameterLayout.of(buffers.config()).length());
  }

  GptParameters weights() {
    return weights;
  }

  /** The copies, of all parameters; {@code null} in F32. Whoever changes parameters may fill it. */
  FloatBlock rounded() {
    return rounded;
  }

  /** Makes the copies anew; to be called when the parameters have changed. */
  void refresh() {
    if (rounded != null) {
      kernels.convert(rounded, parameters, parameters.length());
    }
  }
}
