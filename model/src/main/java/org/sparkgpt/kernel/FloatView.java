package org.sparkgpt.kernel;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;

/**
 * Floats at an address, movable: what JavaCPP's calls and indexers take, without making a pointer
 * object per call. Owns nothing.
 */
final class FloatView extends FloatPointer {

  FloatView to(long newAddress) {
    address = newAddress;
    return this;
  }

  /** Bounds-checked access to the first {@code count} floats of a block, as fast as an array's. */
  static FloatIndexer index(FloatBlock block, long count) {
    return index(block, 0, count);
  }

  static FloatIndexer index(FloatBlock block, long from, long count) {
    FloatView view = new FloatView().to(Dnnl.address(block, from, count));
    view.capacity = count;
    view.limit = count;
    return FloatIndexer.create(view);
  }
}
