package org.sparkgpt.layer;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.FloatBlock;

/**
 * Where a network's buffers come from: memory, or nowhere when only their sizes are asked for. The
 * same code asks for them in both cases, so what is planned is what is allocated.
 */
final class Buffers {
  private final GptConfig config;
  private final int batch;
  private final Dtype dtype;
  private final boolean counted;
  private final Map<String, Long> bytes = new LinkedHashMap<>();

  private Buffers(GptConfig config, int batch, Dtype dtype, boolean counted) {
    long widest = (long) batch * config.context() * 4 * config.embd();
    if (widest > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "train.microBatch x model.context x 4 model.embd must stay below 2^31, got " + widest);
    }
    this.config = config;
    this.batch = batch;
    this.dtype = dtype;
    this.counted = counted;
  }

  /**
   * Buffers for micro-batches of up to {@code batch} sequences, each up to the context long.
   *
   * @param dtype of matrices and activations
   */
  static Buffers inMemory(GptConfig config, int batch, Dtype dtype) {
    return new Buffers(config, batch, dtype, false);
  }

  /** The same, but every buffer is {@code null} and only {@link #bytes} remembers it. */
  static Buffers counted(GptConfig config, int batch, Dtype dtype) {
    return new Buffers(config, batch, dtype, true);
  }

  GptConfig config() {
    return config;
  }

  Dtype dtype() {
    return dtype;
  }

  /** R = B·T, the most rows of a micro-batch. */
  int rows() {
    return batch * config.context();
  }

  /** (R,C) of the residual stream or its gradient. */
  FloatBlock stream(String part) {
    return allocate(part, (long) rows() * config.embd(), Dtype.F32);
  }

  /** (R,cols) of activations. */
  FloatBlock activations(String part, int cols) {
    return allocate(part, (long) rows() * cols, dtype);
  }

  /** (R): one number of 32 bits for every row. */
  FloatBlock column(String part) {
    return allocate(part, rows(), Dtype.F32);
  }

  /** A matrix as it is multiplied. */
  FloatBlock matrix(String part, long length) {
    return allocate(part, length, dtype);
  }

  private FloatBlock allocate(String part, long length, Dtype type) {
    bytes.merge(part, length * type.bytes(), Long::sum);
    return counted ? null : FloatBlock.allocate(length, type);
  }

  /** Bytes by part, in the order in which the parts were first asked for. */
  Map<String, Long> bytes() {
    return bytes;
  }
}
