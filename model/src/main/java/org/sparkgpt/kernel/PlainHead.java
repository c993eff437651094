package org.sparkgpt.kernel;

import java.util.Arrays;

/**
 * The tied head and its cross-entropy, row by row.
 *
 * @param wte (V,C), only read
 */
record PlainHead(float[] wte, int vocabulary, int cols) {

  void logits(FloatBlock logits, FloatBlock xBlock, int rows) {
    float[] x = PlainKernels.read(xBlock, rows, cols);
    double[] sums = new double[vocabulary];
    float[] row = new float[vocabulary];
    for (int r = 0; r < rows; r++) {
      rowLogits(sums, x, r * cols);
      PlainKernels.round(sums, row, 0);
      logits.put((long) r * vocabulary, row);
    }
  }

  /** With p = softmax(logits): dlogits[v] = scale · (p[v] - (v == target ? 1 : 0)). */
  void crossEntropy(
      FloatBlock losses,
      FloatBlock dxBlock,
      FloatBlock dwteBlock,
      FloatBlock xBlock,
      int[] targets,
      int rows,
      float scale) {
    float[] x = PlainKernels.read(xBlock, rows, cols);
    double[] dwte = new double[dxBlock == null ? 0 : wte.length];
    double[] logits = new double[vocabulary];
    double[] dx = new double[cols];
    float[] dxRow = new float[cols];
    for (int r = 0; r < rows; r++) {
      rowLogits(logits, x, r * cols);
      double logSum = logSumExp(logits);
      losses.put(r, (float) (logSum - logits[targets[r]]));
      if (dxBlock == null) {
        continue;
      }
      Arrays.fill(dx, 0);
      for (int v = 0; v < vocabulary; v++) {
        double dlogit = scale * (Math.exp(logits[v] - logSum) - (v == targets[r] ? 1 : 0));
        for (int c = 0; c < cols; c++) {
          dx[c] += dlogit * wte[v * cols + c];
          dwte[v * cols + c] += dlogit * x[r * cols + c];
        }
      }
      PlainKernels.round(dx, dxRow, 0);
      dxBlock.put((long) r * cols, dxRow);
    }
    if (dxBlock != null) {
      PlainKernels.add(dwteBlock, dwte);
    }
  }

  private void rowLogits(double[] logits, float[] x, int row) {
    for (int v = 0; v < vocabulary; v++) {
      logits[v] = PlainKernels.dot(x, row, wte, v * cols, cols);
    }
  }

  private static double logSumExp(double[] values) {
    double max = Arrays.stream(values).max().orElseThrow(); // subtracted only for stability
    double sum = 0;
    for (double value : values) {
      sum += Math.exp(value - max);
    }
    return max + Math.log(sum);
  }
}
