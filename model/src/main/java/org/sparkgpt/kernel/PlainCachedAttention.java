package org.sparkgpt.kernel;

import java.util.Arrays;

/** Attention to a cache (2,H,S,D) of keys and values, as loops over (r, h, s). */
record PlainCachedAttention(int rows, int past, int capacity, int heads, int headSize) {

  PlainCachedAttention {
    requireRoom(rows, past, capacity);
  }

  static void requireRoom(int rows, int past, int capacity) {
    if (rows > capacity - past) {
      throw new IllegalArgumentException(
          (past + rows) + " tokens do not fit into a cache of " + capacity);
    }
  }

  void run(FloatBlock yBlock, FloatBlock cacheBlock, FloatBlock qkvBlock) {
    float[] qkv = PlainKernels.read(qkvBlock, rows, 3 * width());
    for (int r = 0; r < rows; r++) {
      for (int h = 0; h < heads; h++) {
        cacheBlock.put(key(h, past + r), part(qkv, 3 * r + 1, h));
        cacheBlock.put(value(h, past + r), part(qkv, 3 * r + 2, h));
      }
    }
    float[] cache = PlainKernels.read(cacheBlock, 2L * capacity, width());
    float[] y = new float[Math.multiplyExact(rows, width())];
    double[] sums = new double[headSize];
    for (int r = 0; r < rows; r++) {
      for (int h = 0; h < heads; h++) {
        double[] p = probabilities(part(qkv, 3 * r, h), cache, h, past + r + 1);
        Arrays.fill(sums, 0);
        for (int s = 0; s < p.length; s++) {
          for (int d = 0; d < headSize; d++) {
            sums[d] += p[s] * cache[value(h, s) + d];
          }
        }
        PlainKernels.round(sums, y, r * width() + h * headSize);
      }
    }
    yBlock.put(0, y);
  }

  /** p[s] = softmax_s(q · k[s] / sqrt(D)) over the first {@code length} tokens. */
  private double[] probabilities(float[] query, float[] cache, int h, int length) {
    double[] p = new double[length];
    double max = Double.NEGATIVE_INFINITY; // subtracted only for numerical stability
    for (int s = 0; s < length; s++) {
      p[s] = PlainKernels.dot(query, 0, cache, key(h, s), headSize) / Math.sqrt(headSize);
      max = Math.max(max, p[s]);
    }
    double sum = 0;
    for (int s = 0; s < length; s++) {
      p[s] = Math.exp(p[s] - max);
      sum += p[s];
    }
    for (int s = 0; s < length; s++) {
      p[s] /= sum;
    }
    return p;
  }

  /** Head {@code h} of the {@code i}-th piece of C numbers. */
  private float[] part(float[] qkv, int i, int h) {
    int from = i * width() + h * headSize;
    return Arrays.copyOfRange(qkv, from, from + headSize);
  }

  private int width() {
    return heads * headSize;
  }

  private int key(int h, int s) {
    return (h * capacity + s) * headSize;
  }

  private int value(int h, int s) {
    return key(heads + h, s);
  }
}
