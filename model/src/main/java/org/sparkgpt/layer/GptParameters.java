package org.sparkgpt.layer;

import java.util.List;
import java.util.stream.IntStream;
import org.sparkgpt.kernel.FloatBlock;

/**
 * The tensors of a flat vector in {@link ParameterLayout} order, as slices that share its memory:
 * the weights of a GPT, or their gradients. For computing in bfloat16, matrices may be copies.
 *
 * @param flat the whole vector
 * @param wte token embedding [V,C]
 * @param head the same matrix as the head multiplies it; in 32 bits the same block
 * @param wpe position embedding [T,C]
 * @param blocks transformer blocks, first to last
 * @param finalNorm the layer norm before the head
 */
public record GptParameters(
    FloatBlock flat,
    FloatBlock wte,
    FloatBlock head,
    FloatBlock wpe,
    List<Block> blocks,
    Norm finalNorm) {

  /**
   * A layer norm.
   *
   * @param gain [C]
   * @param bias [C], or null
   */
  public record Norm(FloatBlock gain, FloatBlock bias) {}

  /**
   * A linear layer, y = x W + b.
   *
   * @param weight [in,out]
   * @param bias [out], or null
   */
  public record Linear(FloatBlock weight, FloatBlock bias) {}

  /**
   * A transformer block.
   *
   * @param norm1 before the attention
   * @param attention to queries, keys and values [C,3C]
   * @param attentionProjection [C,C]
   * @param norm2 before the MLP
   * @param fullyConnected [C,4C]
   * @param mlpProjection [4C,C]
   */
  public record Block(
      Norm norm1,
      Linear attention,
      Linear attentionProjection,
      Norm norm2,
      Linear fullyConnected,
      Linear mlpProjection) {}

  public GptParameters {
    blocks = List.copyOf(blocks);
  }

  /** Cuts {@code flat}, whose length must be that of the config's layout. */
  public static GptParameters of(GptConfig config, FloatBlock flat) {
    return of(config, flat, flat);
  }

  /**
   * The same, but matrices that are multiplied are cut from another vector of the same layout.
   *
   * @param matrices {@code null}: from {@code flat} as well
   */
  static GptParameters of(GptConfig config, FloatBlock flat, FloatBlock matrices) {
    ParameterLayout layout = ParameterLayout.of(config);
    if (flat.length() != layout.length()) {
      throw new IllegalArgumentException(
          "the model has " + layout.length() + " parameters, the vector " + flat.length());
    }
    Cutter cut = new Cutter(layout, flat, matrices == null ? flat : matrices, config.bias());
    List<Block> blocks =
        IntStream.range(0, config.layers()).mapToObj(i -> cut.block("h." + i + ".")).toList();
    return new GptParameters(
        flat,
        cut.tensor("wte.weight"),
        cut.matrix("wte.weight"),
        cut.tensor("wpe.weight"),
        blocks,
        cut.norm("ln_f"));
  }

  private record Cutter(
      ParameterLayout layout, FloatBlock flat, FloatBlock matrices, boolean biases) {
    Block block(String prefix) {
      return new Block(
          norm(prefix + "ln_1"),
          linear(prefix + "attn.c_attn"),
          linear(prefix + "attn.c_proj"),
          norm(prefix + "ln_2"),
          linear(prefix + "mlp.c_fc"),
          linear(prefix + "mlp.c_proj"));
    }

    Norm norm(String name) {
      return new Norm(tensor(name + ".weight"), bias(name));
    }

    Linear linear(String name) {
      return new Linear(matrix(name + ".weight"), bias(name));
    }

    FloatBlock matrix(String name) {
      return cut(matrices, name);
    }

    private FloatBlock bias(String name) {
      return biases ? tensor(name + ".bias") : null;
    }

    FloatBlock tensor(String name) {
      return cut(flat, name);
    }

    private FloatBlock cut(FloatBlock vector, String name) {
      ParameterLayout.Parameter parameter = layout.get(name);
      return vector.slice(parameter.offset(), parameter.length());
    }
  }
}
