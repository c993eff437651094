package org.sparkgpt.kernel;

import org.bytedeco.javacpp.indexer.FloatIndexer;

/**
 * Attention at T = 1, where the only probability is 1: y = v. Apart because oneDNN 3.11 reads
 * batched weights of (K = 1, N) with the wrong strides.
 */
final class OneTokenAttention {
  private OneTokenAttention() {}

  static void forward(
      FloatBlock y, FloatBlock qkv, int batch, int heads, int headSize, Dropout dropout) {
    int width = heads * headSize;
    FloatIndexer to = FloatView.index(y, (long) batch * width);
    FloatIndexer from = FloatView.index(qkv, 3L * batch * width);
    for (int b = 0; b < batch; b++) {
      long value = (3L * b + 2) * width; // v[b,:]
      for (int c = 0; c < width; c++) {
        float kept = kept(dropout, (long) b * heads + c / headSize);
        to.put((long) b * width + c, kept * from.get(value + c));
      }
    }
  }

  static void backward(
      FloatBlock dqkv, FloatBlock dy, int batch, int heads, int headSize, Dropout dropout) {
    int width = heads * headSize;
    FloatIndexer to = FloatView.index(dqkv, 3L * batch * width);
    FloatIndexer from = FloatView.index(dy, (long) batch * width);
    for (int b = 0; b < batch; b++) {
      long row = 3L * b * width;
      for (int c = 0; c < width; c++) {
        float kept = kept(dropout, (long) b * heads + c / headSize);
        to.put(row + c, 0);
        to.put(row + width + c, 0);
        to.put(row + 2L * width + c, kept * from.get((long) b * width + c));
      }
    }
  }

  private static float kept(Dropout dropout, long index) {
    if (!dropout.isActive()) {
      return 1;
    }
    return dropout.keeps(index) ? dropout.scale() : 0;
  }
}
