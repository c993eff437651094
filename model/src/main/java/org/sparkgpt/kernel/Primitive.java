package org.sparkgpt.kernel;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * One oneDNN primitive for fixed shapes, with its arguments. {@code at} points argument i, in the
 * order the factory documents, to memory; {@link #run} computes. Neither allocates.
 */
sealed class Primitive implements AutoCloseable permits PackingPrimitive {
  private final Dnnl library;
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final dnnl_memory[] memories;
  private final Dtype[] dtypes;
  private final long[] extents;
  private final long[] addresses;
  private final dnnl_exec_arg_t arguments;
  private final FloatView view = new FloatView();
  private final long scratchBytes;

  /** Takes over {@code description}. */
  Primitive(Dnnl library, dnnl_primitive_desc description, int[] names, Tensor[] tensors) {
    this.library = library;
    Dnnl.check(dnnl.dnnl_primitive_create(primitive, description), "primitive");
    dnnl_memory_desc scratch =
        dnnl.dnnl_primitive_desc_query_md(description, dnnl.dnnl_query_scratchpad_md, 0);
    scratchBytes = dnnl.dnnl_memory_desc_get_size(scratch);
    int count = names.length;
    memories = new dnnl_memory[count + 1];
    dtypes = new Dtype[count];
    extents = new long[count];
    addresses = new long[count + 1];
    arguments = new dnnl_exec_arg_t(count + 1);
    for (int i = 0; i < count; i++) {
      dtypes[i] = tensors[i].dtype();
      extents[i] = tensors[i].extent();
      dnnl_memory_desc descriptor = tensors[i].describe();
      bind(i, names[i], descriptor);
      dnnl.dnnl_memory_desc_destroy(descriptor);
    }
    bind(count, dnnl.DNNL_ARG_SCRATCHPAD, scratch);
    arguments.position(0);
    dnnl.dnnl_primitive_desc_destroy(description);
  }

  private void bind(int i, int name, dnnl_memory_desc descriptor) {
    memories[i] = new dnnl_memory();
    Dnnl.check(dnnl.dnnl_memory_create(memories[i], descriptor, library.engine(), null), "memory");
    arguments.position(i).arg(name).memory(memories[i]);
  }

  long scratchBytes() {
    return scratchBytes;
  }

  Primitive at(int argument, FloatBlock block) {
    return at(argument, block, 0);
  }

  /** Points an argument to the block from its number {@code offset} on. */
  Primitive at(int argument, FloatBlock block, long offset) {
    if (block.dtype() != dtypes[argument]) {
      throw new IllegalArgumentException(
          "a block of " + block.dtype() + " where " + dtypes[argument] + " is expected");
    }
    point(argument, Dnnl.address(block, offset, extents[argument]));
    return this;
  }

  private void point(int argument, long address) {
    if (addresses[argument] != address) {
      Dnnl.check(
          dnnl.dnnl_memory_set_data_handle(memories[argument], view.to(address)), "data handle");
      addresses[argument] = address;
    }
  }

  void run() {
    point(memories.length - 1, library.scratchAddress());
    Dnnl.check(
        dnnl.dnnl_primitive_execute(primitive, library.stream(), memories.length, arguments),
        "primitive");
  }

  @Override
  public void close() {
    dnnl.dnnl_primitive_destroy(primitive);
    Arrays.stream(memories).forEach(dnnl::dnnl_memory_destroy);
    arguments.close();
  }
}
