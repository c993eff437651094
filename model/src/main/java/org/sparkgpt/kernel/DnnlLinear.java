package org.sparkgpt.kernel;

import org.bytedeco.dnnl.global.dnnl;

/**
 * Linear layers: matrix products with bias, activation and sums into the destination. Which of
 * oneDNN's three ways computes a product was measured for each kind; the choice depends on sizes
 * and format only, so that a repeated call gives the same bits.
 */
final class DnnlLinear {
  private record Forward(
      int rows, int in, int out, Dtype dtype, Dtype result, boolean bias, boolean add, Gelu form) {}

  private record Backward(int rows, int in, int out, Dtype dtype, Dtype result, boolean bias) {}

  /** Up to so many rows of bfloat16 an inner product reads the weights twice as fast. */
  private static final int FEW_ROWS = 8;

  /** From so many rows of bfloat16 on, weights are packed before they are multiplied with. */
  private static final int MANY_ROWS = 2048;

  private final PrimitiveCache<Forward> forward;
  private final PrimitiveCache<Forward> forwardPacked;
  private final PrimitiveCache<Forward> fewRows;
  private final PrimitiveCache<Backward> backwardInput;
  private final PrimitiveCache<Backward> backwardInputPacked;
  private final PrimitiveCache<Backward> backwardWeight;
  private final PrimitiveCache<Backward> backwardWeightSum;
  private final Sgemm sgemm = new Sgemm();
  private final DnnlSums sums;

  DnnlLinear(PrimitiveFactory factory, DnnlSums sums) {
    this.sums = sums;
    forward =
        new PrimitiveCache<>(
            key -> factory.matmul(y(key), x(key), weights(key), bias(key), then(key)));
    forwardPacked =
        new PrimitiveCache<>(
            key -> factory.packingMatmul(y(key), x(key), weights(key), bias(key), then(key)));
    fewRows =
        new PrimitiveCache<>(
            key ->
                factory.innerProduct(
                    y(key),
                    x(key),
                    weights(key).transposed(),
                    key.bias ? Tensor.packed(key.out) : null,
                    then(key)));
    backwardInput =
        new PrimitiveCache<>(
            key -> factory.matmul(dx(key), dy(key), transposedWeights(key), new PostOps()));
    backwardInputPacked =
        new PrimitiveCache<>(
            key ->
                factory.packingMatmul(
                    dx(key), dy(key), transposedWeights(key), null, new PostOps()));
    backwardWeight =
        new PrimitiveCache<>(
            key ->
                factory.innerProductWeights(
                    Tensor.packed(key.in, key.out).transposed(),
                    Tensor.packed(key.dtype, key.rows, key.in),
                    Tensor.packed(key.dtype, key.rows, key.out),
                    key.bias));
    backwardWeightSum =
        new PrimitiveCache<>(
            key ->
                factory.matmul(
                    Tensor.packed(key.in, key.out),
                    Tensor.packed(key.dtype, key.rows, key.in).transposed(),
                    Tensor.packed(key.dtype, key.rows, key.out),
                    new PostOps().addDestination()));
  }

  private static Tensor y(Forward key) {
    return Tensor.packed(key.result, key.rows, key.out);
  }

  private static Tensor x(Forward key) {
    return Tensor.packed(key.dtype, key.rows, key.in);
  }

  private static Tensor weights(Forward key) {
    return Tensor.packed(key.dtype, key.in, key.out);
  }

  private static Tensor bias(Forward key) {
    return key.bias ? Tensor.packed(1, key.out) : null;
  }

  private static Tensor dx(Backward key) {
    return Tensor.packed(key.result, key.rows, key.in);
  }

  private static Tensor dy(Backward key) {
    return Tensor.packed(key.dtype, key.rows, key.out);
  }

  private static Tensor transposedWeights(Backward key) {
    return Tensor.packed(key.dtype, key.in, key.out).transposed();
  }

  private static PostOps then(Forward key) {
    PostOps then = key.add ? new PostOps().addDestination() : new PostOps();
    return key.form == null ? then : then.eltwise(function(key.form));
  }

  static int function(Gelu form) {
    return switch (form) {
      case TANH -> dnnl.dnnl_eltwise_gelu_tanh;
      case ERF -> dnnl.dnnl_eltwise_gelu_erf;
    };
  }

  /** y = form(x w + bias), or y += x w + bias. */
  void forward(
      FloatBlock y,
      FloatBlock x,
      FloatBlock w,
      FloatBlock bias,
      int rows,
      int in,
      int out,
      boolean add,
      Gelu form) {
    if (form == null && rows > 1 && Sgemm.isFasterFor(x.dtype(), in, out)) {
      sgemm.product(y, 0, x, 0, w, rows, out, in, 1, add ? 1 : 0);
      if (bias != null) {
        sums.addRow(y, bias, rows, out);
      }
      return;
    }
    boolean few = x.dtype() == Dtype.BF16 && rows <= FEW_ROWS;
    PrimitiveCache<Forward> way =
        few ? fewRows : packs(x.dtype(), rows) && in >= out ? forwardPacked : forward;
    Forward key = new Forward(rows, in, out, x.dtype(), y.dtype(), bias != null, add, form);
    Primitive product = way.of(key).at(0, y).at(1, x).at(2, w);
    if (bias != null) {
      product.at(3, bias);
    }
    product.run();
  }

  private static boolean packs(Dtype dtype, int rows) {
    return dtype == Dtype.BF16 && rows >= MANY_ROWS;
  }

  /** dx = dy w'. */
  void backwardInput(FloatBlock dx, FloatBlock dy, FloatBlock w, int rows, int in, int out) {
    if (Sgemm.isFasterForTransposed(dy.dtype(), rows, in, out)) {
      sgemm.productWithTransposed(dx, dy, 0, w, rows, in, out);
      return;
    }
    (packs(dy.dtype(), rows) ? backwardInputPacked : backwardInput)
        .of(new Backward(rows, in, out, dy.dtype(), dx.dtype(), false))
        .at(0, dx)
        .at(1, dy)
        .at(2, w)
        .run();
  }

  /** dw = x' dy, dbias = the column sums of dy, or these added to what dw and dbias hold. */
  void backwardWeight(
      FloatBlock dw,
      FloatBlock dbias,
      FloatBlock dy,
      FloatBlock x,
      int rows,
      int in,
      int out,
      boolean add) {
    Backward key = new Backward(rows, in, out, dy.dtype(), dw.dtype(), dbias != null);
    if (Sgemm.isFasterFor(dy.dtype(), in, out)) {
      sgemm.productOfTransposed(dw, x, 0, dy, 0, in, out, rows, 1, add ? 1 : 0);
    } else if (add) {
      backwardWeightSum.of(key).at(0, dw).at(1, x).at(2, dy).run();
    } else {
      Primitive product = backwardWeight.of(key).at(0, dw).at(1, x).at(2, dy);
      if (dbias != null) {
        product.at(3, dbias);
      }
      product.run();
      return;
    }
    if (dbias != null) {
      sums.columns(dbias, dy, rows, out, add);
    }
  }
}
