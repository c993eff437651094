package org.sparkgpt.kernel;

import org.bytedeco.javacpp.indexer.FloatIndexer;

/** Elementwise sums and reductions. */
final class DnnlSums {
  /** Floats summed in float before the partial sums are added in double: error below 1e-6. */
  private static final int RUN = 1024;

  private final PrimitiveCache add;
  private final PrimitiveCache columns;
  private final PrimitiveCache squares;
  private FloatBlock ones = FloatBlock.allocate(0);
  private FloatBlock partial = FloatBlock.allocate(1);

  DnnlSums(PrimitiveFactory factory) {
    add = new PrimitiveCache(key -> factory.add(Tensor.packed(key.a())));
    columns =
        new PrimitiveCache(
            key ->
                factory.matmul(
                    Tensor.packed(1, key.b()),
                    Tensor.packed(1, key.a()),
                    Tensor.packed(key.a(), key.b()),
                    new PostOps().addDestination()));
    squares =
        new PrimitiveCache(
            key ->
                factory.matmul(
                    Tensor.packed(key.a(), 1, 1),
                    Tensor.packed(key.a(), 1, key.b()),
                    Tensor.packed(key.a(), key.b(), 1),
                    new PostOps()));
  }

  /** sum[i] += x[i]. */
  void add(FloatBlock sum, FloatBlock x, long length) {
    add.of(length).at(0, sum).at(1, x).at(2, sum).run();
  }

  /** sums[c] += sum_r x[r,c]. */
  void addColumns(FloatBlock sums, FloatBlock x, long rows, long cols) {
    if (ones.length() < rows) {
      ones = FloatBlock.allocate(rows);
      for (long r = 0; r < rows; r++) {
        ones.set(r, 1);
      }
    }
    columns.of(rows, cols).at(0, sums).at(1, ones).at(2, x).run();
  }

  /** Sum of x[i] · x[i]. */
  double squares(FloatBlock x) {
    long runs = x.length() / RUN;
    long rest = x.length() % RUN;
    partial = Dnnl.atLeast(partial, runs);
    if (runs > 0) {
      squares.of(runs, RUN).at(0, partial).at(1, x).at(2, x).run();
    }
    FloatIndexer values = FloatView.index(x, runs * RUN, rest);
    double sum = 0;
    for (long i = 0; i < rest; i++) {
      sum += (double) values.get(i) * values.get(i);
    }
    FloatIndexer sums = FloatView.index(partial, runs);
    for (long i = 0; i < runs; i++) {
      sum += sums.get(i);
    }
    return sum;
  }
}
