package org.sparkgpt.layer;

import java.io.Serializable;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.sparkgpt.kernel.KernelChoice;

/**
 * How a network is run: what changes its speed and memory, not what it computes.
 *
 * @param microBatch most sequences worked on at once; larger minibatches are accumulated
 * @param kernels which arithmetic
 * @param threads how many the kernels may use
 * @param recompute whether blocks keep nothing but their input for the backward pass and compute
 *     the rest a second time: about a quarter more work for a fraction of the activations
 */
public record Execution(
    @JsonProperty("microBatch") int microBatch,
    @JsonProperty("kernels") KernelChoice kernels,
    @JsonProperty("threads") int threads,
    @JsonProperty("recompute") boolean recompute)
    implements Serializable {

  public Execution {
    if (microBatch < 1) {
      throw new IllegalArgumentException("train.microBatch must be positive, got " + microBatch);
    }
    if (kernels == null) {
      throw new IllegalArgumentException("train.kernels is missing: plain or onednn");
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be positive, got " + threads);
    }
  }
}
