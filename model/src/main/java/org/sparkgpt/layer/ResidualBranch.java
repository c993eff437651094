package org.sparkgpt.layer;

import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/** How both halves of a block end: residual += dropout(x W + b), with x (R,in), W (in,C). */
final class ResidualBranch {
  private final Kernels kernels;
  private final GptParameters.Linear linear;
  private final Scratch scratch;
  private final int in;
  private final int embd;

  ResidualBranch(Kernels kernels, GptParameters.Linear linear, Scratch scratch, int in, int embd) {
    this.kernels = kernels;
    this.linear = linear;
    this.scratch = scratch;
    this.in = in;
    this.embd = embd;
  }

  void forward(FloatBlock residual, FloatBlock x, int rows, Dropout dropout) {
    if (!dropout.isActive()) {
      kernels.linearAdd(residual, x, linear.weight(), linear.bias(), rows, in, embd);
      return;
    }
    FloatBlock branch = scratch.norm();
    kernels.linear(branch, x, linear.weight(), linear.bias(), rows, in, embd);
    kernels.dropout(branch, (long) rows * embd, dropout);
    kernels.add(residual, branch, (long) rows * embd);
  }

  /**
   * dX (R,in) and the linear layer's gradients from that of the residual stream in the scratch
   * memory, which is left as it is.
   *
   * @param add to the gradients instead of overwriting them
   */
  void backward(
      FloatBlock dx,
      GptParameters.Linear gradient,
      FloatBlock x,
      int rows,
      Dropout dropout,
      boolean add) {
    FloatBlock dy = branchGradient((long) rows * embd, dropout);
    kernels.linearBackwardWeight(gradient.weight(), gradient.bias(), dy, x, rows, in, embd, add);
    kernels.linearBackwardInput(dx, dy, linear.weight(), rows, in, embd);
  }

  /** The residual stream's gradient as the branch sees it, in the matrices' number format. */
  private FloatBlock branchGradient(long length, Dropout dropout) {
    FloatBlock dy = scratch.residual();
    if (dropout.isActive()) {
      scratch.norm().copyFrom(dy, length); // the stream itself flows on undropped
      kernels.dropout(scratch.norm(), length, dropout);
      dy = scratch.norm();
    }
    if (scratch.dy() == null) {
      return dy;
    }
    kernels.convert(scratch.dy(), dy, length);
    return scratch.dy();
  }
}
