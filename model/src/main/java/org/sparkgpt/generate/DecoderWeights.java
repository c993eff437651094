package org.sparkgpt.generate;

import java.util.ArrayList;
import java.util.List;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.ParameterLayout;

/** The decoder's tensors, cut out of the flat parameter vector once. */
record DecoderWeights(FloatBlock wte, FloatBlock wpe, List<Block> blocks, Affine lnF) {

  /** Gain or matrix with its bias, which is {@code null} in a model without. */
  record Affine(FloatBlock weight, FloatBlock bias) {}

  /** One transformer block. */
  record Block(Affine ln1, Affine cAttn, Affine attnProj, Affine ln2, Affine cFc, Affine mlpProj) {}

  static DecoderWeights of(GptConfig config, FloatBlock parameters) {
    Cutter cut = new Cutter(ParameterLayout.of(config), parameters, config.bias());
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      String block = "h." + i + ".";
      blocks.add(
          new Block(
              cut.affine(block + "ln_1"),
              cut.affine(block + "attn.c_attn"),
              cut.affine(block + "attn.c_proj"),
              cut.affine(block + "ln_2"),
              cut.affine(block + "mlp.c_fc"),
              cut.affine(block + "mlp.c_proj")));
    }
    return new DecoderWeights(
        cut.tensor("wte.weight"), cut.tensor("wpe.weight"), blocks, cut.affine("ln_f"));
  }

  private record Cutter(ParameterLayout layout, FloatBlock parameters, boolean bias) {
    FloatBlock tensor(String name) {
      ParameterLayout.Parameter parameter = layout.get(name);
      return parameters.slice(parameter.offset(), parameter.length());
    }

    Affine affine(String name) {
      return new Affine(tensor(name + ".weight"), bias ? tensor(name + ".bias") : null);
    }
  }
}
