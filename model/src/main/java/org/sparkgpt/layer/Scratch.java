package org.sparkgpt.layer;

import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.FloatBlock;

/**
 * Memory shared by all blocks, since nothing in it outlives the half of the block that is worked
 * on. All but the first are for training only.
 *
 * @param activation (R,4C) activations: the MLP's GELU; in the backward pass of the attention, the
 *     gradient (R,C) of the heads' outputs
 * @param residual (R,C) gradient of the residual stream; it does outlive the block
 * @param norm (R,C) F32: gradient of a layer norm's output; before that, a branch that is dropped
 * @param dy (R,C) the gradient of a branch as matrices multiply it, BF16; {@code null} in F32
 * @param wide (R,4C) activations: gradient of the MLP's inside, or of q, k and v
 */
record Scratch(
    FloatBlock activation, FloatBlock residual, FloatBlock norm, FloatBlock dy, FloatBlock wide) {
  private static final String PART = "scratch";

  static Scratch forTraining(Buffers buffers) {
    int embd = buffers.config().embd();
    return new Scratch(
        buffers.activations(PART, 4 * embd),
        buffers.stream(PART),
        buffers.stream(PART),
        buffers.dtype() == Dtype.F32 ? null : buffers.activations(PART, embd),
        buffers.activations(PART, 4 * embd));
  }

  static Scratch forScoring(Buffers buffers) {
    FloatBlock activation = buffers.activations(PART, 4 * buffers.config().embd());
    return new Scratch(activation, null, null, null, null);
  }
}
