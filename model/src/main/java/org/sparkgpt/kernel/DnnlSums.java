package org.sparkgpt.kernel;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.indexer.FloatIndexer;

/** Elementwise sums and reductions. */
final class DnnlSums {
  /** Floats summed in float before the partial sums are added in double: error below 1e-6. */
  private static final int RUN = 1024;

  private record Rows(Dtype dtype, long rows, long cols, boolean add) {}

  private final PrimitiveCache<Long> add;
  private final PrimitiveCache<Rows> addRow;
  private final PrimitiveCache<Rows> columns;
  private final PrimitiveCache<Long> squares;
  private FloatBlock ones = FloatBlock.allocate(0);
  private FloatBlock halfOnes = FloatBlock.allocate(0, Dtype.BF16);
  private FloatBlock partial = FloatBlock.allocate(1);

  DnnlSums(PrimitiveFactory factory) {
    add =
        new PrimitiveCache<>(
            length ->
                factory.binary(
                    dnnl.dnnl_binary_add,
                    Tensor.packed(length),
                    Tensor.packed(length),
                    Tensor.packed(length),
                    new PostOps()));
    addRow =
        new PrimitiveCache<>(
            key ->
                factory.binary(
                    dnnl.dnnl_binary_add,
                    Tensor.packed(key.rows, key.cols),
                    Tensor.packed(key.rows, key.cols),
                    Tensor.packed(1, key.cols),
                    new PostOps()));
    columns =
        new PrimitiveCache<>(
            key ->
                factory.matmul(
                    Tensor.packed(1, key.cols),
                    Tensor.packed(key.dtype, 1, key.rows),
                    Tensor.packed(key.dtype, key.rows, key.cols),
                    key.add ? new PostOps().addDestination() : new PostOps()));
    squares =
        new PrimitiveCache<>(
            runs ->
                factory.matmul(
                    Tensor.packed(runs, 1, 1),
                    Tensor.packed(runs, 1, RUN),
                    Tensor.packed(runs, RUN, 1),
                    new PostOps()));
  }

  /** sum[i] += x[i]. */
  void add(FloatBlock sum, FloatBlock x, long length) {
    add.of(length).at(0, sum).at(1, sum).at(2, x).run();
  }

  /** x[r,c] += row[c]. */
  void addRow(FloatBlock x, FloatBlock row, long rows, long cols) {
    addRow.of(new Rows(Dtype.F32, rows, cols, true)).at(0, x).at(1, x).at(2, row).run();
  }

  /** sums[c] = sum_r x[r,c], or that added to what sums holds. */
  void columns(FloatBlock sums, FloatBlock x, long rows, long cols, boolean add) {
    columns
        .of(new Rows(x.dtype(), rows, cols, add))
        .at(0, sums)
        .at(1, ones(x.dtype(), rows))
        .at(2, x)
        .run();
  }

  private FloatBlock ones(Dtype dtype, long count) {
    return switch (dtype) {
      case F32 -> ones = ones(ones, count);
      case BF16 -> halfOnes = ones(halfOnes, count);
    };
  }

  private static FloatBlock ones(FloatBlock ones, long count) {
    if (ones.length() >= count) {
      return ones;
    }
    FloatBlock more = FloatBlock.allocate(count, ones.dtype());
    for (long i = 0; i < count; i++) {
      more.set(i, 1);
    }
    return more;
  }

  /** Sum of x[i] · x[i]. */
  double squares(FloatBlock x) {
    long runs = x.length() / RUN;
    long rest = x.length() % RUN;
    partial = Dnnl.atLeast(partial, runs);
    if (runs > 0) {
      squares.of(runs).at(0, partial).at(1, x).at(2, x).run();
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
