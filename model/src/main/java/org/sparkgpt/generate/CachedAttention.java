package org.sparkgpt.generate;

/** Attention of one new token to the tokens before it and itself, from the cache. */
final class CachedAttention {
  private final int heads;
  private final int headSize;
  private final float[] scores;

  CachedAttention(int heads, int headSize, int context) {
    this.heads = heads;
    this.headSize = headSize;
    this.scores = new float[context];
  }

  /**
   * y[h,:] = sum_t softmax_t(q[h,:] · k[t,h,:] / sqrt(D)) v[t,h,:] for every head h.
   *
   * @param y (C)
   * @param query (C) or longer: its first C floats
   * @param keys (C, context)
   * @param values (context, C)
   * @param length tokens attended to
   */
  void attend(float[] y, float[] query, float[] keys, float[] values, int length) {
    int embd = heads * headSize;
    int context = scores.length;
    for (int h = 0; h < heads; h++) {
      int first = h * headSize;
      score(query, keys, first, context, length);
      softmax(length);
      for (int d = 0; d < headSize; d++) {
        y[first + d] = 0;
      }
      for (int t = 0; t < length; t++) {
        float probability = scores[t];
        int row = t * embd + first; // v[t,h,:]
        for (int d = 0; d < headSize; d++) {
          y[first + d] += probability * values[row + d];
        }
      }
    }
  }

  private void score(float[] query, float[] keys, int first, int context, int length) {
    for (int t = 0; t < length; t++) {
      scores[t] = 0;
    }
    float scale = (float) (1 / Math.sqrt(headSize));
    for (int d = 0; d < headSize; d++) {
      float q = query[first + d] * scale;
      int row = (first + d) * context; // k[:,h,d]
      for (int t = 0; t < length; t++) {
        scores[t] += q * keys[row + t];
      }
    }
  }

  private void softmax(int length) {
    float max = Float.NEGATIVE_INFINITY; // subtracted only for numerical stability
    for (int t = 0; t < length; t++) {
      max = Math.max(max, scores[t]);
    }
    double sum = 0;
    for (int t = 0; t < length; t++) {
      double e = Math.exp(scores[t] - max);
      scores[t] = (float) e;
      sum += e;
    }
    float scale = (float) (1 / sum);
    for (int t = 0; t < length; t++) {
      scores[t] *= scale;
    }
  }
}
