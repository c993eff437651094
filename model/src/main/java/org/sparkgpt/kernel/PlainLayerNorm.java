package org.sparkgpt.kernel;

/** Layer norm and its gradient as loops over rows, two-pass, in double. */
final class PlainLayerNorm {
  private static final double EPSILON = 1e-5; // GPT-2's

  private PlainLayerNorm() {}

  static void forward(
      FloatBlock yBlock,
      FloatBlock meanBlock,
      FloatBlock rstdBlock,
      FloatBlock xBlock,
      FloatBlock gainBlock,
      FloatBlock biasBlock,
      int rows,
      int cols) {
    float[] x = PlainKernels.read(xBlock, rows, cols);
    float[] gain = PlainKernels.read(gainBlock, 1, cols);
    float[] bias = biasBlock == null ? new float[cols] : PlainKernels.read(biasBlock, 1, cols);
    float[] mean = new float[rows];
    float[] rstd = new float[rows];
    float[] y = new float[x.length];
    for (int r = 0; r < rows; r++) {
      int row = r * cols; // x[r,:]
      double sum = 0;
      for (int c = 0; c < cols; c++) {
        sum += x[row + c];
      }
      double rowMean = sum / cols;
      double squares = 0;
      for (int c = 0; c < cols; c++) {
        squares += (x[row + c] - rowMean) * (x[row + c] - rowMean);
      }
      double rowRstd = 1 / Math.sqrt(squares / cols + EPSILON);
      for (int c = 0; c < cols; c++) {
        y[row + c] = (float) ((x[row + c] - rowMean) * rowRstd * gain[c] + bias[c]);
      }
      mean[r] = (float) rowMean;
      rstd[r] = (float) rowRstd;
    }
    yBlock.put(0, y);
    meanBlock.put(0, mean);
    rstdBlock.put(0, rstd);
  }

  /**
   * With n = (x - mean) · rstd and g = dy · gain: dx = rstd · (g - mean_c(g) - n · mean_c(g · n)).
   */
  static void backward(
      FloatBlock dxBlock,
      FloatBlock dgainBlock,
      FloatBlock dbiasBlock,
      FloatBlock dyBlock,
      FloatBlock xBlock,
      FloatBlock meanBlock,
      FloatBlock rstdBlock,
      FloatBlock gainBlock,
      int rows,
      int cols) {
    float[] dx = PlainKernels.read(dxBlock, rows, cols);
    float[] dy = PlainKernels.read(dyBlock, rows, cols);
    float[] x = PlainKernels.read(xBlock, rows, cols);
    float[] mean = PlainKernels.read(meanBlock, rows, 1);
    float[] rstd = PlainKernels.read(rstdBlock, rows, 1);
    float[] gain = PlainKernels.read(gainBlock, 1, cols);
    double[] dgain = new double[cols];
    for (int r = 0; r < rows; r++) {
      int row = r * cols;
      double meanG = 0;
      double meanGn = 0;
      for (int c = 0; c < cols; c++) {
        double n = ((double) x[row + c] - mean[r]) * rstd[r];
        double g = (double) dy[row + c] * gain[c];
        meanG += g / cols;
        meanGn += g * n / cols;
        dgain[c] += dy[row + c] * n;
      }
      for (int c = 0; c < cols; c++) {
        double n = ((double) x[row + c] - mean[r]) * rstd[r];
        double g = (double) dy[row + c] * gain[c];
        dx[row + c] += (float) (rstd[r] * (g - meanG - n * meanGn));
      }
    }
    dxBlock.put(0, dx);
    PlainKernels.add(dgainBlock, dgain);
    if (dbiasBlock != null) {
      PlainKernels.addColumnSums(dbiasBlock, dy, rows, cols);
    }
  }
}
