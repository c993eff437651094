package org.sparkgpt.kernel;

import org.bytedeco.dnnl.global.dnnl;

/**
 * Attention with a cache. A prompt attends as in training. A token after it costs two products of a
 * matrix and a vector per head, which read each head's keys and values once, one behind the other;
 * the cache stays in float32, because oneDNN reads bfloat16 at half the speed in such products.
 */
final class DnnlCachedAttention {
  /** Keys are attended to in multiples of this many, with a mask: few primitives are made. */
  private static final int STEP = 64;

  private record Append(Dtype dtype, int rows, int capacity, int heads, int headSize) {}

  private record Shape(int keys, int capacity, int heads, int headSize) {}

  private final DnnlConvert convert;
  private final DnnlAttention attention;
  private final PrimitiveCache<Append> append;
  private final PrimitiveCache<Shape> scores;
  private final PrimitiveCache<Shape> softmax;
  private final PrimitiveCache<Shape> values;
  private FloatBlock query = FloatBlock.allocate(0); // (C), as the next, of other formats
  private FloatBlock mixed = FloatBlock.allocate(0);
  private FloatBlock probabilities = FloatBlock.allocate(0); // (H,keys)
  private FloatBlock mask = FloatBlock.allocate(0); // zeros, then STEP times -infinity

  DnnlCachedAttention(PrimitiveFactory factory, DnnlConvert convert, DnnlAttention attention) {
    this.convert = convert;
    this.attention = attention;
    append =
        new PrimitiveCache<>(
            a -> {
              long width = (long) a.heads * a.headSize;
              long head = (long) a.capacity * a.headSize;
              long[] sizes = {2, a.heads, a.rows, a.headSize};
              return factory.reorder(
                  new Tensor(Dtype.F32, sizes, new long[] {a.heads * head, head, a.headSize, 1}),
                  new Tensor(a.dtype, sizes, new long[] {width, a.headSize, 3 * width, 1}));
            });
    scores =
        new PrimitiveCache<>(
            s ->
                factory.matmul(
                    Tensor.packed(s.heads, s.keys, 1),
                    kept(s),
                    Tensor.packed(s.heads, s.headSize, 1),
                    new PostOps()
                        .times((float) (1 / Math.sqrt(s.headSize)))
                        .plus(Tensor.packed(1, s.keys, 1))));
    softmax =
        new PrimitiveCache<>(
            s -> {
              Tensor rows = Tensor.packed(s.heads, s.keys);
              return factory.softmax(dnnl.dnnl_softmax_accurate, rows, rows);
            });
    values =
        new PrimitiveCache<>(
            s ->
                factory.matmul(
                    Tensor.packed(s.heads, 1, s.headSize),
                    Tensor.packed(s.heads, 1, s.keys),
                    kept(s),
                    new PostOps()));
  }

  /** The first keys, or values, of each head: (H,keys,D) within (H,S,D). */
  private static Tensor kept(Shape s) {
    return new Tensor(
        Dtype.F32,
        new long[] {s.heads, s.keys, s.headSize},
        new long[] {(long) s.capacity * s.headSize, s.headSize, 1});
  }

  /** See {@link Kernels#cachedAttention}. */
  void run(
      FloatBlock y,
      FloatBlock cache,
      FloatBlock qkv,
      int rows,
      int past,
      int capacity,
      int heads,
      int headSize) {
    PlainCachedAttention.requireRoom(rows, past, capacity);
    append
        .of(new Append(qkv.dtype(), rows, capacity, heads, headSize))
        .at(0, cache, (long) past * headSize)
        .at(1, qkv, (long) heads * headSize)
        .run();
    if (past == 0 && rows > 1) {
      attention.forward(y, qkv, 1, rows, heads, headSize, Dropout.NONE);
      return;
    }
    for (int r = 0; r < rows; r++) {
      attend(y, cache, qkv, r, past + r + 1, capacity, heads, headSize);
    }
  }

  private void attend(
      FloatBlock y,
      FloatBlock cache,
      FloatBlock qkv,
      long row,
      int length,
      int capacity,
      int heads,
      int headSize) {
    int width = heads * headSize;
    if (length == 1) { // oneDNN 3.11 reads batched weights of (K = 1, N) with the wrong strides
      convert.run(y, row * width, qkv, (3 * row + 2) * width, width);
      return;
    }
    int keys = Math.min(capacity, (length + STEP - 1) / STEP * STEP);
    Shape shape = new Shape(keys, capacity, heads, headSize);
    probabilities = Dnnl.atLeast(probabilities, (long) heads * keys);
    boolean wide = qkv.dtype() == Dtype.F32;
    Primitive product = scores.of(shape).at(0, probabilities).at(1, cache);
    (wide ? product.at(2, qkv, 3 * row * width) : product.at(2, widened(qkv, row, width)))
        .at(3, mask(keys), mask.length() - STEP - length)
        .run();
    softmax.of(shape).at(0, probabilities).at(1, probabilities).run();
    long atValues = (long) width * capacity;
    Primitive sum = values.of(shape).at(1, probabilities).at(2, cache, atValues);
    if (wide) {
      sum.at(0, y, row * width).run();
    } else {
      mixed = Dnnl.atLeast(mixed, width);
      sum.at(0, mixed).run();
      convert.run(y, row * width, mixed, 0, width);
    }
  }

  private FloatBlock widened(FloatBlock qkv, long row, int width) {
    query = Dnnl.atLeast(query, width);
    convert.run(query, 0, qkv, 3 * row * width, width);
    return query;
  }

  /** At least {@code keys} zeros, and behind them -infinity for all keys of a step. */
  private FloatBlock mask(int keys) {
    if (mask.length() < keys + STEP) {
      mask = FloatBlock.allocate((long) keys + STEP);
      for (int i = keys; i < keys + STEP; i++) {
        mask.set(i, Float.NEGATIVE_INFINITY);
      }
    }
    return mask;
  }
}
