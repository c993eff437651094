package org.sparkgpt.kernel;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a run file may say of the number format that a network computes in. */
public enum DtypeChoice {
  /** 32 bits throughout. */
  @JsonProperty("f32")
  F32,

  /**
   * bfloat16 matrices and activations; parameters, optimizer state, residual stream, layer norms,
   * softmax and loss stay in 32 bits.
   */
  @JsonProperty("bf16")
  BF16,

  /** bfloat16 where the processor multiplies it in hardware (AVX512_BF16 or AMX), else 32 bits. */
  @JsonProperty("auto")
  AUTO;

  /**
   * The format to compute in, on this processor.
   *
   * @throws IllegalArgumentException if bfloat16 is asked for by name and oneDNN could only emulate
   *     it here
   */
  public Dtype resolve(KernelChoice kernels) {
    if (this == F32 || this == AUTO && !kernels.isFast(Dtype.BF16)) {
      return Dtype.F32;
    }
    if (!kernels.supports(Dtype.BF16)) {
      throw new IllegalArgumentException(
          "model.dtype is bf16, but this processor has neither AVX512_BF16 nor AMX (oneDNN finds "
              + Dnnl.processor()
              + "); set model.dtype to f32 or auto");
    }
    return Dtype.BF16;
  }
}
