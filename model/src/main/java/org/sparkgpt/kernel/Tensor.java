package org.sparkgpt.kernel;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * How a primitive sees memory.
 *
 * @param sizes outermost first
 * @param strides in numbers; null: another layout
 * @param layout in oneDNN's words, where strides can't tell; null with null strides: the primitive
 *     that is being made chooses
 */
record Tensor(Dtype dtype, long[] sizes, long[] strides, byte[] layout) {

  Tensor(Dtype dtype, long[] sizes, long[] strides) {
    this(dtype, sizes, strides, null);
  }

  /** Of these sizes, in whatever layout suits the primitive best. */
  static Tensor ofAnyLayout(Dtype dtype, long... sizes) {
    return new Tensor(dtype, sizes, null);
  }

  /** This tensor in the layout that a primitive has chosen for it. */
  Tensor in(dnnl_memory_desc chosen) {
    SizeTPointer size = new SizeTPointer(1);
    Dnnl.check(dnnl.dnnl_memory_desc_get_blob((byte[]) null, size, chosen), "layout");
    byte[] words = new byte[Math.toIntExact(size.get())];
    Dnnl.check(dnnl.dnnl_memory_desc_get_blob(words, size, chosen), "layout");
    return new Tensor(dtype, sizes, null, words);
  }

  /** 32-bit floats, row-major without gaps. */
  static Tensor packed(long... sizes) {
    return packed(Dtype.F32, sizes);
  }

  /** Row-major without gaps. */
  static Tensor packed(Dtype dtype, long... sizes) {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= sizes[i];
    }
    return new Tensor(dtype, sizes, strides);
  }

  /** The same memory with the last two axes exchanged. */
  Tensor transposed() {
    return new Tensor(dtype, swapLast(sizes), swapLast(strides));
  }

  private static long[] swapLast(long[] values) {
    long[] swapped = values.clone();
    int last = values.length - 1;
    swapped[last] = values[last - 1];
    swapped[last - 1] = values[last];
    return swapped;
  }

  /** Numbers from the first element to behind the last, or to the end of what a layout needs. */
  long extent() {
    if (strides == null) {
      dnnl_memory_desc descriptor = describe();
      long bytes = dnnl.dnnl_memory_desc_get_size(descriptor);
      dnnl.dnnl_memory_desc_destroy(descriptor);
      return bytes / dtype.bytes();
    }
    long last = 0;
    for (int i = 0; i < sizes.length; i++) {
      last += (sizes[i] - 1) * strides[i];
    }
    return last + 1;
  }

  /** For the library; the caller destroys it. */
  dnnl_memory_desc describe() {
    dnnl_memory_desc descriptor = new dnnl_memory_desc();
    int type =
        switch (dtype) {
          case F32 -> dnnl.dnnl_f32;
          case BF16 -> dnnl.dnnl_bf16;
        };
    int status =
        layout != null
            ? dnnl.dnnl_memory_desc_create_with_blob(descriptor, layout)
            : strides == null
                ? dnnl.dnnl_memory_desc_create_with_tag(
                    descriptor, sizes.length, sizes, type, dnnl.dnnl_format_tag_any)
                : dnnl.dnnl_memory_desc_create_with_strides(
                    descriptor, sizes.length, sizes, type, strides);
    Dnnl.check(status, "memory descriptor");
    return descriptor;
  }
}
