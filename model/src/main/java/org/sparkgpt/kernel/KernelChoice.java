package org.sparkgpt.kernel;

import java.util.function.IntFunction;

/** The implementations of {@link Kernels} by name. */
public enum KernelChoice {
  /** Loops in Java, one thread: the definition, for tests and tiny models. */
  PLAIN(threads -> new PlainKernels()),

  /** oneDNN on the processor's vector and matrix units. */
  ONEDNN(OneDnnKernels::new);

  private final IntFunction<Kernels> constructor;

  KernelChoice(IntFunction<Kernels> constructor) {
    this.constructor = constructor;
  }

  /**
   * Bytes outside the heap that an instance needs for itself when it trains a network without
   * dropout on (B,T) tokens: attention tiles, the head's logits and its packed matrix. What
   * oneDNN's products need besides is a few megabytes.
   */
  public long workspaceBytes(
      Dtype dtype, int batch, int time, int heads, int headSize, int vocabulary) {
    return switch (this) {
      case PLAIN -> 0; // it works on the heap
      case ONEDNN ->
          DnnlAttention.workspace(dtype, batch, time, heads, headSize)
              + DnnlHead.workspace(
                  dtype, Math.multiplyExact(batch, time), heads * headSize, vocabulary);
    };
  }

  /** Whether these kernels compute in {@code dtype} on this processor. */
  boolean supports(Dtype dtype) {
    return this == PLAIN || isFast(dtype);
  }

  /** Whether these kernels compute in {@code dtype} at the processor's full speed. */
  boolean isFast(Dtype dtype) {
    return this == ONEDNN && (dtype == Dtype.F32 || Dnnl.multipliesBf16());
  }

  /**
   * A new instance with memory of its own.
   *
   * @param threads how many it may use
   */
  public Kernels create(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be positive, got " + threads);
    }
    return constructor.apply(threads);
  }
}
