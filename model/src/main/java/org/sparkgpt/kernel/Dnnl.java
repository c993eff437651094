package org.sparkgpt.kernel;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;

/**
 * What the primitives of one {@link OneDnnKernels} share: engine, stream, scratch memory. Scratch
 * memory, for the library's own use and for packed operands, grows while primitives are made and is
 * used by one primitive at a time.
 */
final class Dnnl implements AutoCloseable {
  private final dnnl_engine engine = new dnnl_engine();
  private final dnnl_stream stream = new dnnl_stream();
  private final List<Primitive> primitives = new ArrayList<>();
  private FloatBlock scratch = FloatBlock.allocate(1);
  private FloatBlock packed = FloatBlock.allocate(1, Dtype.BF16);

  Dnnl() {
    check(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0), "engine");
    check(dnnl.dnnl_stream_create(stream, engine, dnnl.dnnl_stream_default_flags), "stream");
  }

  /** Whether the processor has instructions for products of bfloat16. */
  static boolean multipliesBf16() {
    int bf16 = dnnl.dnnl_cpu_isa_avx512_core_bf16; // a set of bits; AMX's include it
    return (dnnl.dnnl_get_effective_cpu_isa() & bf16) == bf16;
  }

  /** The instruction sets that oneDNN uses here, in words. */
  static String processor() {
    int found = dnnl.dnnl_get_effective_cpu_isa();
    int avx512 = dnnl.dnnl_cpu_isa_avx512_core;
    int avx2 = dnnl.dnnl_cpu_isa_avx2;
    return (found & avx512) == avx512 ? "AVX-512" : (found & avx2) == avx2 ? "AVX2" : "no AVX2";
  }

  dnnl_engine engine() {
    return engine;
  }

  dnnl_stream stream() {
    return stream;
  }

  /** Remembers a primitive, to free it and to have enough scratch memory for it. */
  Primitive add(Primitive primitive) {
    primitives.add(primitive);
    long floats = (primitive.scratchBytes() + Float.BYTES - 1) / Float.BYTES;
    scratch = atLeast(scratch, floats);
    return primitive;
  }

  long scratchAddress() {
    return scratch.address();
  }

  /** Sees to it that {@link #packed} has room for an operand of bfloat16 in this layout. */
  void roomForPacked(Tensor operand) {
    packed = atLeast(packed, operand.extent());
  }

  FloatBlock packed() {
    return packed;
  }

  static void check(int status, String what) {
    if (status != dnnl.dnnl_success) {
      throw new IllegalStateException("oneDNN: " + what + " failed with status " + status);
    }
  }

  /** Where number {@code from} of a block lies, once it is sure that {@code count} follow. */
  static long address(FloatBlock block, long from, long count) {
    if (from + count > block.length()) {
      throw new IllegalArgumentException(
          "a block of " + block.length() + " floats where " + (from + count) + " are needed");
    }
    return block.address() + from * block.dtype().bytes();
  }

  /** {@code block} if it has room for {@code count} numbers, else a new one that has. */
  static FloatBlock atLeast(FloatBlock block, long count) {
    return block.length() >= count ? block : FloatBlock.allocate(count, block.dtype());
  }

  @Override
  public void close() {
    primitives.forEach(Primitive::close);
    primitives.clear();
    dnnl.dnnl_stream_destroy(stream);
    dnnl.dnnl_engine_destroy(engine);
  }
}
