package org.sparkgpt.generate;

import java.util.List;
import java.util.stream.Stream;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.GptConfig;

/**
 * Keys and values of the tokens seen so far, per layer, so that a further token costs one row of
 * work instead of the whole sequence again.
 */
final class KeyValueCache {
  private final int context;
  private final List<FloatBlock> layers;
  private int length;

  KeyValueCache(GptConfig config) {
    this.context = config.context();
    this.layers =
        Stream.generate(() -> FloatBlock.allocate(2L * context * config.embd()))
            .limit(config.layers())
            .toList();
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

  /** Counts {@code rows} tokens as held, once every layer has stored its own. */
  void advance(int rows) {
    length += rows;
  }

  /** (2,H,context,D): keys, then values. */
  FloatBlock layer(int layer) {
    return layers.get(layer);
  }
}
