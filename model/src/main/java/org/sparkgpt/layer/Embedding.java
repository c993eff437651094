package org.sparkgpt.layer;

import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/** Token plus learned position embedding, with dropout. */
final class Embedding {
  private final Kernels kernels;
  private final GptParameters weights;
  private final int embd;

  Embedding(GptConfig config, Kernels kernels, GptParameters weights) {
    this.kernels = kernels;
    this.weights = weights;
    this.embd = config.embd();
  }

  /** Fills x (R,C). */
  void forward(FloatBlock x, int[] ids, int batch, int time, Dropout dropout) {
    kernels.embed(x, ids, weights.wte(), weights.wpe(), batch, time, embd);
    if (dropout.isActive()) {
      kernels.dropout(x, (long) batch * time * embd, dropout);
    }
  }

  /** Consumes dX; the gradients grow. */
  void backward(
      GptParameters gradients, FloatBlock dx, int[] ids, int batch, int time, Dropout dropout) {
    if (dropout.isActive()) {
      kernels.dropout(dx, (long) batch * time * embd, dropout);
    }
    kernels.embedBackward(gradients.wte(), gradients.wpe(), dx, ids, batch, time, embd);
  }
}
