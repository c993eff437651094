package org.sparkgpt.generate;

import org.sparkgpt.layer.GptConfig;

/**
 * Keys and values of the tokens seen so far, per layer, so that a further token costs one row of
 * work instead of the whole sequence again.
 *
 * <p>Keys lie as (C, context), values as (context, C): both loops of {@link CachedAttention} then
 * run over neighbours. They are on the Java heap, where the compiler vectorizes plain loops.
 */
final class KeyValueCache {
  private final int context;
  private final int embd;
  private final float[][] keys;
  private final float[][] values;
  private int length;

  KeyValueCache(GptConfig config) {
    this.context = config.context();
    this.embd = config.embd();
    int floats = Math.multiplyExact(context, embd);
    this.keys = new float[config.layers()][floats];
    this.values = new float[config.layers()][floats];
  }

  /** Tokens held. */
  int length() {
    return length;
  }

  boolean isFull() {
    return length == context;
  }

  void clear() {
    length = 0;
  }

  /**
   * Stores keys and values of {@code rows} tokens that follow those held. They count as held after
   * {@link #advance}, once every layer has stored its own.
   *
   * @param qkv (rows, 3C): query, key, value of each token
   */
  void put(int layer, float[] qkv, int rows) {
    for (int r = 0; r < rows; r++) {
      int key = (3 * r + 1) * embd;
      for (int c = 0; c < embd; c++) {
        keys[layer][c * context + length + r] = qkv[key + c];
      }
      System.arraycopy(qkv, key + embd, values[layer], (length + r) * embd, embd);
    }
  }

  void advance(int rows) {
    length += rows;
  }

  /** (C, context), filled for the tokens held and put. */
  float[] keys(int layer) {
    return keys[layer];
  }

  /** (context, C), filled for the tokens held and put. */
  float[] values(int layer) {
    return values[layer];
  }
}
