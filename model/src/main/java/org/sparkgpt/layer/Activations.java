package org.sparkgpt.layer;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.sparkgpt.kernel.FloatBlock;

/**
 * All that a network computes between token ids and logits, and the scratch memory of its backward
 * pass. Which of it is kept depends on who reads it again: training keeps every block's inside, or
 * under recompute only every block's input; scoring keeps nothing.
 *
 * @param stream L+1 times (R,C), the residual stream: the input of each block, last the final
 *     norm's
 * @param blocks the inside of each block
 * @param losses (R)
 */
record Activations(
    List<FloatBlock> stream,
    List<BlockActivations> blocks,
    Norm finalNorm,
    Scratch scratch,
    FloatBlock losses) {
  private static final String PART = "activations";

  /**
   * Of a layer norm.
   *
   * @param y (R,C) activations
   * @param mean (R)
   * @param rstd (R)
   */
  record Norm(FloatBlock y, FloatBlock mean, FloatBlock rstd) {
    static Norm allocate(Buffers buffers) {
      return new Norm(
          buffers.activations(PART, buffers.config().embd()),
          buffers.column(PART),
          buffers.column(PART));
    }
  }

  /**
   * The inside of a block.
   *
   * @param qkv (R,3C) activations
   * @param mixed (R,C) activations: the heads' outputs side by side
   * @param middle (R,C) residual stream between attention and MLP
   * @param preActivation (R,4C) activations of the MLP before its GELU; {@code null}: not kept
   */
  record BlockActivations(
      Norm norm1,
      FloatBlock qkv,
      FloatBlock mixed,
      FloatBlock middle,
      Norm norm2,
      FloatBlock preActivation) {

    static BlockActivations allocate(Buffers buffers) {
      int embd = buffers.config().embd();
      return new BlockActivations(
          Norm.allocate(buffers),
          buffers.activations(PART, 3 * embd),
          buffers.activations(PART, embd),
          buffers.stream(PART),
          Norm.allocate(buffers),
          buffers.activations(PART, 4 * embd));
    }
  }

  static Activations forTraining(Buffers buffers, boolean recompute) {
    int layers = buffers.config().layers();
    List<FloatBlock> stream =
        IntStream.rangeClosed(0, layers)
            .mapToObj(i -> buffers.stream(PART))
            .toList(); // may hold nulls, as List.of may not
    List<BlockActivations> blocks =
        recompute
            ? Collections.nCopies(layers, BlockActivations.allocate(buffers))
            : Stream.generate(() -> BlockActivations.allocate(buffers)).limit(layers).toList();
    return new Activations(
        stream, blocks, Norm.allocate(buffers), Scratch.forTraining(buffers), buffers.column(PART));
  }

  /** All blocks share one inside, and the residual stream is one buffer that they add to. */
  static Activations forScoring(Buffers buffers) {
    int layers = buffers.config().layers();
    int embd = buffers.config().embd();
    FloatBlock stream = buffers.stream(PART);
    Norm norm = Norm.allocate(buffers);
    BlockActivations block =
        new BlockActivations(
            norm,
            buffers.activations(PART, 3 * embd),
            buffers.activations(PART, embd),
            stream,
            norm,
            null);
    return new Activations(
        Collections.nCopies(layers + 1, stream),
        Collections.nCopies(layers, block),
        norm,
        Scratch.forScoring(buffers),
        buffers.column(PART));
  }
}
