package org.sparkgpt.layer;

import java.util.LinkedHashMap;
import java.util.Map;
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
  private final Map<FloatBlock, FloatBlock> originals = new LinkedHashMap<>(); // by copy

  /**
   * @param parameters flat vector in {@link ParameterLayout} order, shared
   */
  ComputeWeights(Buffers buffers, Kernels kernels, FloatBlock parameters) {
    this.kernels = kernels;
    Map<String, FloatBlock> copies = allocate(buffers);
    this.weights = GptParameters.of(buffers.config(), parameters, copies);
    ParameterLayout layout = ParameterLayout.of(buffers.config());
    copies.forEach(
        (name, copy) ->
            originals.put(copy, parameters.slice(layout.get(name).offset(), copy.length())));
    refresh();
  }

  /** The copies by the parameter's name; none in F32. The head's has no rows of padding. */
  static Map<String, FloatBlock> allocate(Buffers buffers) {
    Map<String, FloatBlock> copies = new LinkedHashMap<>();
    if (buffers.dtype() == Dtype.F32) {
      return copies;
    }
    GptConfig config = buffers.config();
    for (ParameterLayout.Parameter parameter : ParameterLayout.of(config).parameters()) {
      if (parameter.name().equals("wte.weight")) {
        long length = (long) config.vocabulary() * config.embd();
        copies.put(parameter.name(), buffers.matrix(PART, length));
      } else if (parameter.decayed() && !parameter.name().equals("wpe.weight")) {
        copies.put(parameter.name(), buffers.matrix(PART, parameter.length()));
      }
    }
    return copies;
  }

  GptParameters weights() {
    return weights;
  }

  /** Makes the copies anew; to be called when the parameters have changed. */
  void refresh() {
    originals.forEach((copy, original) -> kernels.convert(copy, original, copy.length()));
  }
}
