package org.sparkgpt.kernel;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.openblas.global.openblas;

/** Elementwise sums and reductions. */
final class DnnlSums {
  /**
   * Floats whose squares are summed in float, by OpenBLAS in some dozens of sums side by side:
   * error below 1e-6. The sums of the runs are added in double.
   */
  private static final int RUN = 4096;

  private static final int RUNS_PER_THREAD = 32;

  private record Rows(Dtype dtype, long rows, long cols, boolean add) {}

  private final PrimitiveCache<Long> add;
  private final PrimitiveCache<Rows> addRow;
  private final PrimitiveCache<Rows> columns;
  private final Threads threads;
  private FloatBlock ones = FloatBlock.allocate(0);
  private FloatBlock halfOnes = FloatBlock.allocate(0, Dtype.BF16);
  private double[] partial = {};

  DnnlSums(PrimitiveFactory factory, Threads threads) {
    this.threads = threads;
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
    int runs = Math.toIntExact((x.length() + RUN - 1) / RUN);
    if (partial.length < runs) {
      partial = new double[runs];
    }
    threads.ranges(
        runs,
        RUNS_PER_THREAD,
        (first, end) -> {
          FloatView view = new FloatView();
          for (int run = (int) first; run < end; run++) {
            long from = (long) run * RUN;
            int count = (int) Math.min(RUN, x.length() - from);
            view.to(Dnnl.address(x, from, count));
            partial[run] = openblas.cblas_sdot(count, view, 1, view, 1);
          }
        });
    double sum = 0;
    for (int run = 0; run < runs; run++) {
      sum += partial[run];
    }
    return sum;
  }
}
