package org.sparkgpt.kernel;

import org.bytedeco.dnnl.global.dnnl;

/**
 * AdamW by chunks that stay in the cache: three small operations on each, but every number is
 * fetched from memory once and written once.
 */
final class DnnlAdamW {
  private static final int CHUNK = 1 << 17;

  /** What is baked into the primitives; all else is read from {@link #scalars}. */
  private record Kind(int length, double beta1, double beta2, double epsilon) {}

  private final PrimitiveFactory factory;
  private final DnnlConvert convert;
  private final PrimitiveCache<Kind> first;
  private final PrimitiveCache<Kind> second;
  private final PrimitiveCache<Kind> parameters;
  private final FloatBlock scalars = FloatBlock.allocate(5);

  DnnlAdamW(PrimitiveFactory factory, DnnlConvert convert) {
    this.factory = factory;
    this.convert = convert;
    Tensor one = Tensor.packed(1);
    first =
        new PrimitiveCache<>(
            k ->
                binary(
                    dnnl.dnnl_binary_mul, k, one, new PostOps().addDestination((float) k.beta1)));
    second =
        new PrimitiveCache<>(
            k ->
                binary(
                    dnnl.dnnl_binary_mul,
                    k,
                    chunk(k),
                    new PostOps().times(one).addDestination((float) k.beta2)));
    parameters =
        new PrimitiveCache<>(
            k ->
                binary(
                    dnnl.dnnl_binary_mul,
                    k,
                    one,
                    new PostOps()
                        .eltwise(dnnl.dnnl_eltwise_sqrt)
                        .linear(1, (float) k.epsilon)
                        .reciprocal()
                        .times(chunk(k))
                        .times(one)
                        .plus(chunk(k))
                        .times(one)));
  }

  private Primitive binary(int algorithm, Kind kind, Tensor other, PostOps then) {
    return factory.binary(algorithm, chunk(kind), chunk(kind), other, then);
  }

  private static Tensor chunk(Kind kind) {
    return Tensor.packed(kind.length);
  }

  void step(
      FloatBlock theta,
      FloatBlock rounded,
      FloatBlock m,
      FloatBlock v,
      FloatBlock g,
      AdamWStep step) {
    double scale = step.gradientScale();
    double kept = 1 - step.decay();
    scalars.put(
        0,
        (float) ((1 - step.beta1()) * scale),
        (float) ((1 - step.beta2()) * scale * scale),
        1,
        (float) (-step.stepSize() / kept),
        (float) kept);
    for (long at = 0; at < theta.length(); at += CHUNK) {
      int length = (int) Math.min(CHUNK, theta.length() - at);
      Kind k = new Kind(length, step.beta1(), step.beta2(), step.epsilon());
      // m = (1-beta1) scale g + beta1 m;  v = (1-beta2) scale² g g + beta2 v
      first.of(k).at(0, m, at).at(1, g, at).at(2, scalars, 0).run();
      second.of(k).at(0, v, at).at(1, g, at).at(2, g, at).at(3, scalars, 1).run();
      // theta = kept (theta - stepSize / kept m / (sqrt(v) + epsilon))
      Primitive product = parameters.of(k).at(0, theta, at).at(1, v, at).at(2, scalars, 2);
      product.at(3, m, at).at(4, scalars, 3).at(5, theta, at).at(6, scalars, 4).run();
      if (rounded != null) {
        convert.run(rounded, at, theta, at, length);
      }
    }
  }
}
