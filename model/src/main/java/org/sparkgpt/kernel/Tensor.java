package org.sparkgpt.kernel;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;

/** How a primitive sees memory: sizes and strides, in floats, outermost first. */
record Tensor(long[] sizes, long[] strides) {

  /** Row-major without gaps. */
  static Tensor packed(long... sizes) {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= sizes[i];
    }
    return new Tensor(sizes, strides);
  }

  /** The same memory with the last two axes exchanged. */
  Tensor transposed() {
    return new Tensor(swapLast(sizes), swapLast(strides));
  }

  private static long[] swapLast(long[] values) {
    long[] swapped = values.clone();
    int last = values.length - 1;
    swapped[last] = values[last - 1];
    swapped[last - 1] = values[last];
    return swapped;
  }

  /** Floats from the first element to behind the last. */
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
    Dnnl.check(
        dnnl.dnnl_memory_desc_create_with_strides(
            descriptor, sizes.length, sizes, dnnl.dnnl_f32, strides),
        "memory descriptor");
    return descriptor;
  }
}
