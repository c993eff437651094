package org.sparkgpt.generate;

import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;
import org.sparkgpt.layer.GptConfig;

/**
 * The tied head for one token: logits[v] = sum_c x[c] wte[v,c].
 *
 * <p>In bfloat16 it works on a transposed copy. For a single row oneDNN reads a matrix whose
 * neighbours belong to one output at half the memory's speed in that format, its transpose at all
 * of it; in 32 bits it reads both alike.
 */
final class TokenHead {
  private static final int TILE = 1024; // rows of wte transposed at once

  private final Kernels kernels;
  private final FloatBlock matrix; // (V,C) in 32 bits, (C,V) in bfloat16
  private final int cols;
  private final int vocabulary;

  private TokenHead(Kernels kernels, FloatBlock matrix, int cols, int vocabulary) {
    this.kernels = kernels;
    this.matrix = matrix;
    this.cols = cols;
    this.vocabulary = vocabulary;
  }

  /**
   * @param wte (V,C) or more rows, in 32 bits
   */
  static TokenHead of(GptConfig config, FloatBlock wte, Kernels kernels, Dtype dtype) {
    int cols = config.embd();
    int vocabulary = config.vocabulary();
    FloatBlock matrix =
        switch (dtype) {
          case F32 -> wte;
          case BF16 -> transposed(wte, vocabulary, cols);
        };
    return new TokenHead(kernels, matrix, cols, vocabulary);
  }

  private static FloatBlock transposed(FloatBlock wte, int vocabulary, int cols) {
    FloatBlock transposed = FloatBlock.allocate((long) vocabulary * cols, Dtype.BF16);
    for (int from = 0; from < vocabulary; from += TILE) {
      int rows = Math.min(TILE, vocabulary - from);
      float[] tile = wte.toArray((long) from * cols, rows * cols);
      float[] column = new float[rows];
      for (int c = 0; c < cols; c++) {
        for (int r = 0; r < rows; r++) {
          column[r] = tile[r * cols + c];
        }
        transposed.put((long) c * vocabulary + from, column);
      }
    }
    return transposed;
  }

  /**
   * @param logits (V) in 32 bits
   * @param x (C) activations
   */
  void logits(FloatBlock logits, FloatBlock x) {
    if (matrix.dtype() == Dtype.F32) {
      kernels.logits(logits, x, matrix, 1, cols, vocabulary);
    } else {
      kernels.linear(logits, x, matrix, null, 1, cols, vocabulary);
    }
  }
}
