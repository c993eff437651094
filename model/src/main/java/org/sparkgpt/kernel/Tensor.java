package org.sparkgpt.kernel;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;

/** How a primitive sees memory: sizes and strides, in numbers, outermost first. */
record Tensor(Dtype dtype, long[] sizes, long[] strides) {

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

  /** Numbers from the first element to behind the last. */
  long extent() {
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
    Dnnl.check(
        dnnl.dnnl_memory_desc_create_with_strides(descriptor, sizes.length, sizes, type, strides),
        "memory descriptor");
    return descriptor;
  }
}
