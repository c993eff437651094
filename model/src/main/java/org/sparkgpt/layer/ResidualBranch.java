package org.sparkgpt.layer;

import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/** How both halves of a block end: residual += dropout(x W + b). */
final class ResidualBranch {
  private ResidualBranch() {}

  /**
   * @param residual (R,out) added to
   * @param scratch (R,out)
   */
  static void forward(
      Kernels kernels,
      FloatBlock residual,
      FloatBlock x,
      GptParameters.Linear linear,
      FloatBlock scratch,
      int rows,
      int in,
      int out,
      Dropout dropout) {
    if (!dropout.isActive()) {
      kernels.linearAdd(residual, x, linear.weight(), linear.bias(), rows, in, out);
      return;
    }
    kernels.linear(scratch, x, linear.weight(), linear.bias(), rows, in, out);
    kernels.dropout(scratch, (long) rows * out, dropout);
    kernels.add(residual, scratch, (long) rows * out);
  }

  /** dX (R,in) and the linear layer's gradients from the residual stream's gradient (R,out). */
  static void backward(
      Kernels kernels,
      FloatBlock dx,
      GptParameters.Linear gradient,
      FloatBlock dresidual,
      FloatBlock x,
      GptParameters.Linear linear,
      FloatBlock scratch,
      int rows,
      int in,
      int out,
      Dropout dropout) {
    FloatBlock dy = dresidual;
    if (dropout.isActive()) {
      scratch.copyFrom(dresidual, (long) rows * out); // the stream itself flows on undropped
      kernels.dropout(scratch, (long) rows * out, dropout);
      dy = scratch;
    }
    kernels.linearBackwardWeight(gradient.weight(), gradient.bias(), dy, x, rows, in, out, true);
    kernels.linearBackwardInput(dx, dy, linear.weight(), rows, in, out);
  }
}
