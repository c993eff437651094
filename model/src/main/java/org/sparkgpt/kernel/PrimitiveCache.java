package org.sparkgpt.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Primitives of one kind by what they were made for.
 *
 * @param <K> sizes, number formats and variants: a record
 */
final class PrimitiveCache<K> {
  private final Map<K, Primitive> primitives = new HashMap<>();
  private final Function<K, Primitive> maker;

  PrimitiveCache(Function<K, Primitive> maker) {
    this.maker = maker;
  }

  Primitive of(K key) {
    return primitives.computeIfAbsent(key, maker);
  }
}
