package org.sparkgpt.kernel;

/**
 * A piece of a block on the Java heap. Loops over arrays are compiled to vector instructions, loops
 * over memory outside the heap are not: copying a cache-sized piece in and out is cheaper.
 */
final class HeapTile {
  private final FloatView view = new FloatView();
  private final float[] values;

  HeapTile(int capacity) {
    values = new float[capacity];
  }

  float[] values() {
    return values;
  }

  /** The first {@code count} values become their sums with the other's. */
  void add(HeapTile other, int count) {
    float[] summands = other.values;
    for (int i = 0; i < count; i++) {
      values[i] += summands[i];
    }
  }

  /** Reads {@code count} numbers of an F32 block, from {@code at} on. */
  void read(FloatBlock block, long at, int count) {
    view.to(Dnnl.address(block, at, count)).get(values, 0, count);
  }

  /** Writes the first {@code count} values into an F32 block. */
  void write(FloatBlock block, long at, int count) {
    view.to(Dnnl.address(block, at, count)).put(values, 0, count);
  }
}
