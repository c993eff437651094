package org.sparkgpt.kernel;

/** Linear layers: matrix products with the bias as an argument and sums into the destination. */
final class DnnlLinear {
  private final PrimitiveCache forward;
  private final PrimitiveCache backwardInput;
  private final PrimitiveCache backwardWeight;
  private final DnnlSums sums;

  DnnlLinear(PrimitiveFactory factory, DnnlSums sums) {
    this.sums = sums;
    forward =
        new PrimitiveCache(
            key -> {
              Tensor bias = key.variant() ? Tensor.packed(1, key.c()) : null;
              PostOps then = key.other() ? new PostOps().addDestination() : new PostOps();
              return factory.matmul(
                  Tensor.packed(key.a(), key.c()),
                  Tensor.packed(key.a(), key.b()),
                  Tensor.packed(key.b(), key.c()),
                  bias,
                  then);
            });
    backwardInput =
        new PrimitiveCache(
            key ->
                factory.matmul(
                    Tensor.packed(key.a(), key.b()),
                    Tensor.packed(key.a(), key.c()),
                    Tensor.packed(key.b(), key.c()).transposed(),
                    new PostOps()));
    backwardWeight =
        new PrimitiveCache(
            key ->
                factory.matmul(
                    Tensor.packed(key.b(), key.c()),
                    Tensor.packed(key.a(), key.b()).transposed(),
                    Tensor.packed(key.a(), key.c()),
                    new PostOps().addDestination()));
  }

  /** y = x w + bias, or y += x w + bias. */
  void forward(
      FloatBlock y,
      FloatBlock x,
      FloatBlock w,
      FloatBlock bias,
      int rows,
      int in,
      int out,
      boolean add) {
    Primitive product = forward.of(rows, in, out, bias != null, add).at(0, y).at(1, x).at(2, w);
    if (bias != null) {
      product.at(3, bias);
    }
    product.run();
  }

  /** dx = dy w'. */
  void backwardInput(FloatBlock dx, FloatBlock dy, FloatBlock w, int rows, int in, int out) {
    backwardInput.of(rows, in, out, false, false).at(0, dx).at(1, dy).at(2, w).run();
  }

  /** dw += x' dy, dbias += the column sums of dy. */
  void backwardWeight(
      FloatBlock dw, FloatBlock dbias, FloatBlock dy, FloatBlock x, int rows, int in, int out) {
    backwardWeight.of(rows, in, out, false, false).at(0, dw).at(1, x).at(2, dy).run();
    if (dbias != null) {
      sums.addColumns(dbias, dy, rows, out);
    }
  }
}
