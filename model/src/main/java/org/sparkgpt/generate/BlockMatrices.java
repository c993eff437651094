package org.sparkgpt.generate;

import java.util.List;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;
import org.sparkgpt.layer.GptParameters;

/** The transformer blocks with their matrices in the format that is computed in. */
final class BlockMatrices {
  private BlockMatrices() {}

  /**
   * The parameters' own blocks, or ones with copies of the matrices; biases and gains are shared.
   */
  static List<GptParameters.Block> in(Dtype dtype, GptParameters parameters, Kernels kernels) {
    if (dtype == Dtype.F32) {
      return parameters.blocks();
    }
    return parameters.blocks().stream()
        .map(
            block ->
                new GptParameters.Block(
                    block.norm1(),
                    converted(block.attention(), dtype, kernels),
                    converted(block.attentionProjection(), dtype, kernels),
                    block.norm2(),
                    converted(block.fullyConnected(), dtype, kernels),
                    converted(block.mlpProjection(), dtype, kernels)))
        .toList();
  }

  private static GptParameters.Linear converted(
      GptParameters.Linear linear, Dtype dtype, Kernels kernels) {
    FloatBlock copy = FloatBlock.allocate(linear.weight().length(), dtype);
    kernels.convert(copy, linear.weight(), copy.length());
    return new GptParameters.Linear(copy, linear.bias());
  }
}
