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

  /** Bounds-checked access to the first {@code count} 32-bit floats of a block. */
  static FloatIndexer index(FloatBlock block, long count) {
    return index(block, 0, count);
  }

  static FloatIndexer index(FloatBlock block, long from, long count) {
    if (block.dtype() != Dtype.F32) {
      throw new IllegalArgumentException("a block of " + block.dtype() + " where F32 is expected");
    }
    FloatView view = new FloatView().to(Dnnl.address(block, from, count));
    view.capacity = count;
    view.limit = count;
    return FloatIndexer.create(view);
  }
}
