package org.sparkgpt.layer;

import org.sparkgpt.kernel.FloatBlock;

/**
 * Gradients of activations, shared by all blocks: none outlives the block that is worked on.
 *
 * @param residual (R,C) of the residual stream
 * @param norm (R,C) of a layer norm's output
 * @param branch (R,C) of a branch before its dropout
 * @param mixed (R,C) of the heads' outputs
 * @param wide (R,4C) of the MLP's inside, or of q, k and v
 */
record Scratch(
    FloatBlock residual, FloatBlock norm, FloatBlock branch, FloatBlock mixed, FloatBlock wide) {

  static Scratch allocate(Plan plan) {
    int embd = plan.config().embd();
    return new Scratch(
        plan.activations(embd),
        plan.activations(embd),
        plan.activations(embd),
        plan.activations(embd),
        plan.activations(4 * embd));
  }
}
