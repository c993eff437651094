package org.sparkgpt.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Primitives by the sizes they were made for. */
final class PrimitiveCache {

  /** Sizes and variants of one kind of primitive; what they mean is its owner's business. */
  record Key(long a, long b, long c, boolean variant, boolean other) {}

  private final Map<Key, Primitive> primitives = new HashMap<>();
  private final Function<Key, Primitive> maker;

  PrimitiveCache(Function<Key, Primitive> maker) {
    this.maker = maker;
  }

  Primitive of(long a) {
    return of(a, 0);
  }

  Primitive of(long a, long b) {
    return of(a, b, 0, false, false);
  }

  Primitive of(long a, long b, long c, boolean variant, boolean other) {
    return primitives.computeIfAbsent(new Key(a, b, c, variant, other), maker);
  }
}
