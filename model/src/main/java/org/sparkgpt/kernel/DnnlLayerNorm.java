package org.sparkgpt.kernel;

import org.bytedeco.javacpp.indexer.FloatIndexer;

/**
 * Layer norm. oneDNN keeps the variance where {@link Kernels} keeps 1 / sqrt(variance + epsilon),
 * and overwrites gradients where {@link Kernels} adds them: both are put right here.
 */
final class DnnlLayerNorm {
  private record Shape(Dtype result, int rows, int cols, boolean bias) {}

  private final PrimitiveCache<Shape> forward;
  private final PrimitiveCache<Shape> backward;
  private final DnnlSums sums;
  private FloatBlock gradient = FloatBlock.allocate(1); // (rows, cols), scratch
  private FloatBlock variance = FloatBlock.allocate(1); // (rows), scratch
  private FloatBlock dgainScratch = FloatBlock.allocate(1); // (cols)
  private FloatBlock dbiasScratch = FloatBlock.allocate(1); // (cols)

  DnnlLayerNorm(PrimitiveFactory factory, DnnlSums sums) {
    this.sums = sums;
    forward = new PrimitiveCache<>(s -> factory.layerNorm(s.result, s.rows, s.cols, s.bias));
    backward = new PrimitiveCache<>(s -> factory.layerNormBackward(s.rows, s.cols, s.bias));
  }

  void forward(
      FloatBlock y,
      FloatBlock mean,
      FloatBlock rstd,
      FloatBlock x,
      FloatBlock gain,
      FloatBlock bias,
      int rows,
      int cols) {
    Primitive norm = forward.of(new Shape(y.dtype(), rows, cols, bias != null));
    norm.at(0, y).at(1, mean).at(2, rstd).at(3, x).at(4, gain);
    if (bias != null) {
      norm.at(5, bias);
    }
    norm.run();
    FloatIndexer values = FloatView.index(rstd, rows);
    for (long r = 0; r < rows; r++) {
      values.put(r, (float) (1 / Math.sqrt((double) values.get(r) + PrimitiveFactory.EPSILON)));
    }
  }

  void backward(
      FloatBlock dx,
      FloatBlock dgain,
      FloatBlock dbias,
      FloatBlock dy,
      FloatBlock x,
      FloatBlock mean,
      FloatBlock rstd,
      FloatBlock gain,
      int rows,
      int cols) {
    reserve(rows, cols);
    FloatIndexer from = FloatView.index(rstd, rows);
    FloatIndexer to = FloatView.index(variance, rows);
    for (long r = 0; r < rows; r++) {
      double value = from.get(r);
      to.put(r, (float) (1 / (value * value) - PrimitiveFactory.EPSILON));
    }
    Primitive norm = backward.of(new Shape(Dtype.F32, rows, cols, dbias != null));
    norm.at(0, gradient).at(1, mean).at(2, variance).at(3, x).at(4, gain).at(5, dy);
    norm.at(6, dgainScratch);
    if (dbias != null) {
      norm.at(7, dbiasScratch);
    }
    norm.run();
    sums.add(dx, gradient, (long) rows * cols);
    sums.add(dgain, dgainScratch, cols);
    if (dbias != null) {
      sums.add(dbias, dbiasScratch, cols);
    }
  }

  private void reserve(int rows, int cols) {
    gradient = Dnnl.atLeast(gradient, (long) rows * cols);
    variance = Dnnl.atLeast(variance, rows);
    dgainScratch = Dnnl.atLeast(dgainScratch, cols);
    dbiasScratch = Dnnl.atLeast(dbiasScratch, cols);
  }
}
