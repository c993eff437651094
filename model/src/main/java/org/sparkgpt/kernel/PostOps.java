package org.sparkgpt.kernel;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.global.dnnl;

/**
 * What a primitive does to its result before it stores it, in the order of the calls. Operations
 * that read a tensor add an argument to the primitive, behind its own.
 */
final class PostOps {
  private final dnnl_post_ops operations = new dnnl_post_ops();
  private final List<Integer> names = new ArrayList<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private int count;

  PostOps() {
    Dnnl.check(dnnl.dnnl_post_ops_create(operations), "post-operations");
  }

  /** result + what the destination held. */
  PostOps addDestination() {
    return addDestination(1);
  }

  /** result + scale · what the destination held. */
  PostOps addDestination(float scale) {
    return appended(dnnl.dnnl_post_ops_append_sum(operations, scale, 0, dnnl.dnnl_data_type_undef));
  }

  /** factor · result. */
  PostOps times(float factor) {
    return linear(factor, 0);
  }

  /** factor · result + summand. */
  PostOps linear(float factor, float summand) {
    return appended(
        dnnl.dnnl_post_ops_append_eltwise(operations, dnnl.dnnl_eltwise_linear, factor, summand));
  }

  /** 1 / result. */
  PostOps reciprocal() {
    return appended(dnnl.dnnl_post_ops_append_eltwise(operations, dnnl.dnnl_eltwise_pow, 1, -1));
  }

  /** function(result). */
  PostOps eltwise(int function) {
    return appended(dnnl.dnnl_post_ops_append_eltwise(operations, function, 0, 0));
  }

  /** result + tensor, whose axes of size 1 are repeated. */
  PostOps plus(Tensor tensor) {
    return binary(dnnl.dnnl_binary_add, tensor);
  }

  /** result · tensor, whose axes of size 1 are repeated. */
  PostOps times(Tensor tensor) {
    return binary(dnnl.dnnl_binary_mul, tensor);
  }

  private PostOps binary(int algorithm, Tensor tensor) {
    names.add(dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (count + 1) | dnnl.DNNL_ARG_SRC_1);
    tensors.add(tensor);
    dnnl_memory_desc descriptor = tensor.describe();
    int status = dnnl.dnnl_post_ops_append_binary(operations, algorithm, descriptor);
    dnnl.dnnl_memory_desc_destroy(descriptor);
    return appended(status);
  }

  private PostOps appended(int status) {
    Dnnl.check(status, "post-operation");
    count++;
    return this;
  }

  List<Integer> names() {
    return names;
  }

  List<Tensor> tensors() {
    return tensors;
  }

  /** Attributes with these operations; ends this object. The caller destroys them. */
  dnnl_primitive_attr attributes() {
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    Dnnl.check(dnnl.dnnl_primitive_attr_create(attributes), "attributes");
    Dnnl.check(dnnl.dnnl_primitive_attr_set_post_ops(attributes, operations), "post-operations");
    // Scratch memory is ours: the library's own is per thread, but tasks change threads.
    Dnnl.check(
        dnnl.dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl.dnnl_scratchpad_mode_user),
        "scratchpad mode");
    Dnnl.check(dnnl.dnnl_primitive_attr_set_deterministic(attributes, 1), "determinism");
    dnnl.dnnl_post_ops_destroy(operations);
    return attributes;
  }
}
