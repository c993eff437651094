package org.sparkgpt.kernel;

/** Copies between number formats. */
final class DnnlConvert {
  private record Copy(long length, Dtype to, Dtype from) {}

  private final PrimitiveCache<Copy> copies;

  DnnlConvert(PrimitiveFactory factory) {
    copies =
        new PrimitiveCache<>(
            copy ->
                factory.reorder(
                    Tensor.packed(copy.to, copy.length), Tensor.packed(copy.from, copy.length)));
  }

  /** to[atTo + i] = from[atFrom + i]. */
  void run(FloatBlock to, long atTo, FloatBlock from, long atFrom, long length) {
    copies.of(new Copy(length, to.dtype(), from.dtype())).at(0, to, atTo).at(1, from, atFrom).run();
  }
}
