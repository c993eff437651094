package org.sparkgpt.layer;

import java.util.List;
import java.util.stream.IntStream;
import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/** Embedding, blocks and final norm over one set of activations: all of a GPT but its head. */
final class Stack {
  private final Activations activations;
  private final boolean recompute;
  private final Embedding embedding;
  private final List<Block> blocks;
  private final LayerNorm finalNorm;
  private final int embd;

  Stack(
      GptConfig config,
      Kernels kernels,
      GptParameters weights,
      Activations activations,
      boolean recompute) {
    this.activations = activations;
    this.recompute = recompute;
    this.embd = config.embd();
    this.embedding = new Embedding(config, kernels, weights);
    this.blocks =
        IntStream.range(0, config.layers())
            .mapToObj(
                i ->
                    new Block(
                        config,
                        kernels,
                        weights.blocks().get(i),
                        activations.blocks().get(i),
                        activations.scratch()))
            .toList();
    this.finalNorm = new LayerNorm(kernels, weights.finalNorm(), activations.finalNorm(), embd);
  }

  Activations activations() {
    return activations;
  }

  /** What the head reads, (R,C). */
  FloatBlock forward(int[] ids, int batch, int time, Dropout dropout) {
    List<FloatBlock> stream = activations.stream();
    embedding.forward(stream.get(0), ids, batch, time, dropout);
    for (int i = 0; i < blocks.size(); i++) {
      blocks.get(i).forward(stream.get(i + 1), stream.get(i), batch, time, dropout.at(i));
    }
    return finalNorm.forward(stream.get(blocks.size()), batch * time);
  }

  /**
   * From the gradient of the head's input, in {@link Scratch#norm}, after {@link #forward} with the
   * same arguments.
   *
   * @param add to the gradients of the blocks' matrices and their biases instead of overwriting
   *     them; all others grow in any case
   */
  void backward(
      GptParameters gradients, int[] ids, int batch, int time, Dropout dropout, boolean add) {
    List<FloatBlock> stream = activations.stream();
    Scratch scratch = activations.scratch();
    int last = blocks.size() - 1;
    FloatBlock residual = scratch.residual();
    residual.zero((long) batch * time * embd);
    finalNorm.backward(
        residual, gradients.finalNorm(), scratch.norm(), stream.get(last + 1), batch * time);
    for (int i = last; i >= 0; i--) {
      FloatBlock x = stream.get(i);
      if (recompute && i < last) { // the last block's inside is still there
        blocks.get(i).recompute(x, batch, time, dropout.at(i));
      }
      blocks.get(i).backward(gradients.blocks().get(i), x, batch, time, dropout.at(i), add);
    }
    embedding.backward(gradients, residual, ids, batch, time, dropout);
  }
}
