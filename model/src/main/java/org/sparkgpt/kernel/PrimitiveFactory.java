package org.sparkgpt.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** Makes primitives. Each method's Javadoc lists the arguments of {@link Primitive#at} in order. */
final class PrimitiveFactory {
  static final float EPSILON = 1e-5f; // of the layer norms of GPT-2

  private final Dnnl library;

  PrimitiveFactory(Dnnl library) {
    this.library = library;
  }

  /** dst = a b: dst, a, b. */
  Primitive matmul(Tensor dst, Tensor a, Tensor b, PostOps then) {
    return matmul(dst, a, b, null, then);
  }

  /** dst = a b + bias: dst, a, b, bias unless it is null. */
  Primitive matmul(Tensor dst, Tensor a, Tensor b, Tensor bias, PostOps then) {
    return describeMatmul(dst, a, b, bias, then).primitive();
  }

  /** The same, with b first copied into the layout that suits the product best. */
  Primitive packingMatmul(Tensor dst, Tensor a, Tensor b, Tensor bias, PostOps then) {
    Parts parts = describeMatmul(dst, a, Tensor.ofAnyLayout(b.dtype(), b.sizes()), bias, then);
    Tensor packed = parts.chosen(2, dnnl.dnnl_query_weights_md);
    return parts.primitive(2, packed, reorder(packed, b));
  }

  private Parts describeMatmul(Tensor dst, Tensor a, Tensor b, Tensor bias, PostOps then) {
    Parts parts =
        new Parts(then).with(DNNL_ARG_DST, dst).with(DNNL_ARG_SRC, a).with(DNNL_ARG_WEIGHTS, b);
    dnnl_memory_desc biasDescriptor = null;
    if (bias != null) {
      parts.with(DNNL_ARG_BIAS, bias);
      biasDescriptor = parts.descriptor(3);
    }
    Dnnl.check(
        dnnl.dnnl_matmul_primitive_desc_create(
            parts.description,
            library.engine(),
            parts.descriptor(1),
            parts.descriptor(2),
            biasDescriptor,
            parts.descriptor(0),
            parts.attributes),
        "matmul");
    return parts;
  }

  /** dst = f(src): dst, src; they may be the same memory. */
  Primitive eltwise(int function, Tensor shape, PostOps then) {
    Parts parts = new Parts(then).with(DNNL_ARG_DST, shape).with(DNNL_ARG_SRC, shape);
    describeEltwise(parts.description, function, parts.descriptor(0), parts.attributes);
    return parts.primitive();
  }

  /** dsrc = ddst · f'(src): dsrc, ddst, src; the first two may be the same memory. */
  Primitive eltwiseBackward(int function, Tensor shape) {
    Parts parts =
        new Parts(new PostOps())
            .with(DNNL_ARG_DIFF_SRC, shape)
            .with(DNNL_ARG_DIFF_DST, shape)
            .with(DNNL_ARG_SRC, shape);
    dnnl_primitive_desc forward = new dnnl_primitive_desc();
    describeEltwise(forward, function, parts.descriptor(0), parts.attributes);
    Dnnl.check(
        dnnl.dnnl_eltwise_backward_primitive_desc_create(
            parts.description,
            library.engine(),
            function,
            parts.descriptor(0),
            parts.descriptor(1),
            parts.descriptor(2),
            0,
            0,
            forward,
            parts.attributes),
        "eltwise backward");
    dnnl.dnnl_primitive_desc_destroy(forward);
    return parts.primitive();
  }

  private void describeEltwise(
      dnnl_primitive_desc description,
      int function,
      dnnl_memory_desc shape,
      dnnl_primitive_attr attributes) {
    Dnnl.check(
        dnnl.dnnl_eltwise_forward_primitive_desc_create(
            description,
            library.engine(),
            dnnl.dnnl_forward_training,
            function,
            shape,
            shape,
            0,
            0,
            attributes),
        "eltwise");
  }

  /** dst = a op b, where an axis of b may be 1: dst, a, b; dst may be a. */
  Primitive binary(int algorithm, Tensor dst, Tensor a, Tensor b, PostOps then) {
    Parts parts =
        new Parts(then).with(DNNL_ARG_DST, dst).with(DNNL_ARG_SRC_0, a).with(DNNL_ARG_SRC_1, b);
    Dnnl.check(
        dnnl.dnnl_binary_primitive_desc_create(
            parts.description,
            library.engine(),
            algorithm,
            parts.descriptor(1),
            parts.descriptor(2),
            parts.descriptor(0),
            parts.attributes),
        "binary");
    return parts.primitive();
  }

  /** dst = src, in dst's format: dst, src. */
  Primitive reorder(Tensor dst, Tensor src) {
    Parts parts = new Parts(new PostOps()).with(DNNL_ARG_DST, dst).with(DNNL_ARG_SRC, src);
    Dnnl.check(
        dnnl.dnnl_reorder_primitive_desc_create(
            parts.description,
            parts.descriptor(1),
            library.engine(),
            parts.descriptor(0),
            library.engine(),
            parts.attributes),
        "reorder");
    return parts.primitive();
  }

  /** dst (rows,out) = src (rows,in) weights' + bias: dst, src, weights (out,in), bias if any. */
  Primitive innerProduct(Tensor dst, Tensor src, Tensor weights, Tensor bias, PostOps then) {
    Parts parts =
        new Parts(then)
            .with(DNNL_ARG_DST, dst)
            .with(DNNL_ARG_SRC, src)
            .with(DNNL_ARG_WEIGHTS, weights);
    dnnl_memory_desc biasDescriptor = null;
    if (bias != null) {
      parts.with(DNNL_ARG_BIAS, bias);
      biasDescriptor = parts.descriptor(3);
    }
    Dnnl.check(
        dnnl.dnnl_inner_product_forward_primitive_desc_create(
            parts.description,
            library.engine(),
            dnnl.dnnl_forward_training,
            parts.descriptor(1),
            parts.descriptor(2),
            biasDescriptor,
            parts.descriptor(0),
            parts.attributes),
        "inner product");
    return parts.primitive();
  }

  /**
   * The weights' gradient of an inner product: dweights (out,in), src (rows,in), ddst (rows,out),
   * dbias (out) if there is one; all overwritten.
   */
  Primitive innerProductWeights(Tensor dweights, Tensor src, Tensor ddst, boolean bias) {
    Parts parts =
        new Parts(new PostOps())
            .with(DNNL_ARG_DIFF_WEIGHTS, dweights)
            .with(DNNL_ARG_SRC, src)
            .with(DNNL_ARG_DIFF_DST, ddst);
    dnnl_memory_desc biasDescriptor = null;
    if (bias) {
      parts.with(DNNL_ARG_DIFF_BIAS, Tensor.packed(dweights.sizes()[0]));
      biasDescriptor = parts.descriptor(3);
    }
    dnnl_primitive_desc forward = new dnnl_primitive_desc();
    dnnl_memory_desc weights =
        new Tensor(src.dtype(), dweights.sizes(), dweights.strides()).describe();
    Dnnl.check(
        dnnl.dnnl_inner_product_forward_primitive_desc_create(
            forward,
            library.engine(),
            dnnl.dnnl_forward_training,
            parts.descriptor(1),
            weights,
            biasDescriptor,
            parts.descriptor(2),
            parts.attributes),
        "inner product");
    Dnnl.check(
        dnnl.dnnl_inner_product_backward_weights_primitive_desc_create(
            parts.description,
            library.engine(),
            parts.descriptor(1),
            parts.descriptor(0),
            biasDescriptor,
            parts.descriptor(2),
            forward,
            parts.attributes),
        "inner product backward");
    dnnl.dnnl_memory_desc_destroy(weights);
    dnnl.dnnl_primitive_desc_destroy(forward);
    return parts.primitive();
  }

  /** Softmax (or its logarithm) over the last axis: dst, src; they may be the same memory. */
  Primitive softmax(int algorithm, Tensor dst, Tensor src) {
    Parts parts = new Parts(new PostOps()).with(DNNL_ARG_DST, dst).with(DNNL_ARG_SRC, src);
    describeSoftmax(parts.description, algorithm, parts, 0, 1);
    return parts.primitive();
  }

  /** dsrc from ddst and the softmax, both of one format: dsrc, ddst, dst. */
  Primitive softmaxBackward(Tensor dsrc, Tensor dst) {
    Parts parts =
        new Parts(new PostOps())
            .with(DNNL_ARG_DIFF_SRC, dsrc)
            .with(DNNL_ARG_DIFF_DST, dst)
            .with(DNNL_ARG_DST, dst);
    dnnl_primitive_desc forward = new dnnl_primitive_desc();
    describeSoftmax(forward, dnnl.dnnl_softmax_accurate, parts, 2, 2);
    Dnnl.check(
        dnnl.dnnl_softmax_backward_primitive_desc_create(
            parts.description,
            library.engine(),
            dnnl.dnnl_softmax_accurate,
            parts.descriptor(0),
            parts.descriptor(1),
            parts.descriptor(2),
            dst.sizes().length - 1,
            forward,
            parts.attributes),
        "softmax backward");
    dnnl.dnnl_primitive_desc_destroy(forward);
    return parts.primitive();
  }

  private void describeSoftmax(
      dnnl_primitive_desc description, int algorithm, Parts parts, int dst, int src) {
    Dnnl.check(
        dnnl.dnnl_softmax_forward_primitive_desc_create(
            description,
            library.engine(),
            dnnl.dnnl_forward_training,
            algorithm,
            parts.descriptor(src),
            parts.descriptor(dst),
            parts.tensor(0).sizes().length - 1,
            parts.attributes),
        "softmax");
  }

  /** Layer norm of (rows, cols): dst, mean, variance, src, gain, bias if there is one. */
  Primitive layerNorm(Dtype dst, int rows, int cols, boolean bias) {
    Parts parts =
        new Parts(new PostOps())
            .with(DNNL_ARG_DST, Tensor.packed(dst, rows, cols))
            .with(DNNL_ARG_MEAN, Tensor.packed(rows))
            .with(DNNL_ARG_VARIANCE, Tensor.packed(rows))
            .with(DNNL_ARG_SRC, Tensor.packed(rows, cols))
            .with(DNNL_ARG_SCALE, Tensor.packed(cols));
    if (bias) {
      parts.with(DNNL_ARG_SHIFT, Tensor.packed(cols));
    }
    describeLayerNorm(parts.description, bias, parts);
    return parts.primitive();
  }

  /** dsrc, mean, variance, src, gain, ddst, dgain, dbias if there is one; all overwritten. */
  Primitive layerNormBackward(int rows, int cols, boolean bias) {
    Parts parts =
        new Parts(new PostOps())
            .with(DNNL_ARG_DIFF_SRC, Tensor.packed(rows, cols))
            .with(DNNL_ARG_MEAN, Tensor.packed(rows))
            .with(DNNL_ARG_VARIANCE, Tensor.packed(rows))
            .with(DNNL_ARG_SRC, Tensor.packed(rows, cols))
            .with(DNNL_ARG_SCALE, Tensor.packed(cols))
            .with(DNNL_ARG_DIFF_DST, Tensor.packed(rows, cols))
            .with(DNNL_ARG_DIFF_SCALE, Tensor.packed(cols));
    if (bias) {
      parts.with(DNNL_ARG_DIFF_SHIFT, Tensor.packed(cols));
    }
    dnnl_primitive_desc forward = new dnnl_primitive_desc();
    describeLayerNorm(forward, bias, parts);
    Dnnl.check(
        dnnl.dnnl_layer_normalization_backward_primitive_desc_create(
            parts.description,
            library.engine(),
            dnnl.dnnl_backward,
            parts.descriptor(0),
            parts.descriptor(5),
            parts.descriptor(3),
            parts.descriptor(1),
            EPSILON,
            flags(bias),
            forward,
            parts.attributes),
        "layer norm backward");
    dnnl.dnnl_primitive_desc_destroy(forward);
    return parts.primitive();
  }

  private void describeLayerNorm(dnnl_primitive_desc description, boolean bias, Parts parts) {
    Dnnl.check(
        dnnl.dnnl_layer_normalization_forward_primitive_desc_create(
            description,
            library.engine(),
            dnnl.dnnl_forward_training,
            parts.descriptor(3),
            parts.descriptor(0),
            parts.descriptor(1),
            EPSILON,
            flags(bias),
            parts.attributes),
        "layer norm");
  }

  private static int flags(boolean bias) {
    return dnnl.dnnl_use_scale | (bias ? dnnl.dnnl_use_shift : 0);
  }

  /** What a primitive is put together from. */
  private final class Parts {
    private final dnnl_primitive_desc description = new dnnl_primitive_desc();
    private final List<Integer> names = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private final List<dnnl_memory_desc> descriptors = new ArrayList<>();
    private final PostOps then;
    private final dnnl_primitive_attr attributes;

    Parts(PostOps then) {
      this.then = then;
      this.attributes = then.attributes();
    }

    Parts with(int name, Tensor tensor) {
      names.add(name);
      tensors.add(tensor);
      descriptors.add(tensor.describe());
      return this;
    }

    Tensor tensor(int argument) {
      return tensors.get(argument);
    }

    /** Settles the layout that the described primitive wants for an argument left open. */
    Tensor chosen(int argument, int query) {
      Tensor chosen = tensor(argument).in(dnnl.dnnl_primitive_desc_query_md(description, query, 0));
      tensors.set(argument, chosen);
      return chosen;
    }

    dnnl_memory_desc descriptor(int argument) {
      return descriptors.get(argument);
    }

    Primitive primitive() {
      return library.add(new Primitive(library, description, names(), tensors()));
    }

    /** One that packs an argument before it runs. */
    Primitive primitive(int argument, Tensor packed, Primitive pack) {
      library.roomForPacked(packed);
      return library.add(
          new PackingPrimitive(library, description, names(), tensors(), argument, pack));
    }

    private int[] names() {
      names.addAll(then.names());
      return names.stream().mapToInt(Integer::intValue).toArray();
    }

    /** To be called last. */
    private Tensor[] tensors() {
      tensors.addAll(then.tensors());
      dnnl.dnnl_primitive_attr_destroy(attributes);
      descriptors.forEach(dnnl::dnnl_memory_desc_destroy);
      return tensors.toArray(Tensor[]::new);
    }
  }
}
