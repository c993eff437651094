package org.sparkgpt.kernel;

import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * A primitive that first copies one of its arguments into the layout that its code reads fastest.
 * oneDNN's bfloat16 products repack parts of a plain operand again and again; with many rows to
 * multiply, one copy takes 1 to 5 % of the product's time and saves 5 to 20 %.
 */
final class PackingPrimitive extends Primitive {
  private final Dnnl library;
  private final int packed;
  private final Primitive pack;

  /**
   * @param packed the argument
   * @param pack arguments packed operand, operand
   */
  PackingPrimitive(
      Dnnl library,
      dnnl_primitive_desc description,
      int[] names,
      Tensor[] tensors,
      int packed,
      Primitive pack) {
    super(library, description, names, tensors);
    this.library = library;
    this.packed = packed;
    this.pack = pack;
  }

  @Override
  Primitive at(int argument, FloatBlock block, long offset) {
    if (argument == packed) {
      pack.at(1, block, offset);
      return this;
    }
    return super.at(argument, block, offset);
  }

  @Override
  void run() {
    FloatBlock room = library.packed();
    pack.at(0, room).run();
    super.at(packed, room, 0);
    super.run();
  }
}
