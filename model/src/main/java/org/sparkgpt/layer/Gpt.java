package org.sparkgpt.layer;

import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/**
 * GPT-2 (Radford et al., 2019): a decoder-only transformer with pre-norm blocks, learned positions
 * and a head tied to the token embedding. The network alone, without DL4J.
 *
 * <p>Activations are allocated once, for micro-batches as long as the context: few at the first
 * scoring, and at the first backward pass those of training, which then serve scoring as well; see
 * {@link GptMemory}. Smaller and shorter batches use a part of them. An instance serves one thread
 * at a time. Weights are read from the vector given; whoever changes it calls {@link
 * #refreshWeights} before the next pass.
 */
public final class Gpt implements AutoCloseable {
  private final GptConfig config;
  private final Execution execution;
  private final Dtype dtype;
  private final Kernels kernels;
  private final GptParameters parameters;
  private final ComputeWeights weights;
  private final float[] lossValues;
  private Stack stack;
  private boolean trains; // whether the stack can run backward

  /**
   * @param parameters flat vector in {@link ParameterLayout} order, shared
   * @throws IllegalArgumentException if {@code model.dtype} is bf16 and the kernels have none here
   */
  public Gpt(GptConfig config, Execution execution, FloatBlock parameters) {
    this.config = config;
    this.execution = execution;
    this.dtype = config.dtype().resolve(execution.kernels());
    Buffers buffers = buffers();
    this.parameters = GptParameters.of(config, parameters);
    this.kernels = execution.kernels().create(execution.threads());
    this.weights = new ComputeWeights(buffers, kernels, parameters);
    this.lossValues = new float[buffers.rows()];
  }

  private Buffers buffers() {
    return Buffers.inMemory(config, execution.microBatch(), dtype);
  }

  private Stack stack(boolean training) {
    if (stack == null || training && !trains) {
      Activations activations =
          training
              ? Activations.forTraining(buffers(), execution.recompute())
              : Activations.forScoring(buffers());
      stack = new Stack(config, kernels, weights.weights(), activations, execution.recompute());
      trains = training;
    }
    return stack;
  }

  public GptConfig config() {
    return config;
  }

  /** The arithmetic; for callers who compute on the same thread between this network's calls. */
  public Kernels kernels() {
    return kernels;
  }

  /** The parameters themselves, in 32 bits. */
  public GptParameters weights() {
    return parameters;
  }

  /** Number format of matrices and activations. */
  public Dtype dtype() {
    return dtype;
  }

  /** To be called after the parameters have changed: bfloat16 copies of matrices are made anew. */
  public void refreshWeights() {
    weights.refresh();
  }

  /** The bfloat16 copy of all parameters that matrices are read from; {@code null} in F32. */
  FloatBlock roundedWeights() {
    return weights.rounded();
  }

  /** Most sequences of a batch. */
  public int batch() {
    return execution.microBatch();
  }

  /**
   * Next-token loss without dropout.
   *
   * @param ids (B,T), row-major; may be longer
   * @param targets (B,T), the token after each
   * @return sum over all positions, in nats
   */
  public double loss(int[] ids, int[] targets, int batch, int time) {
    check(ids, targets, batch, time);
    FloatBlock x = stack(false).forward(ids, batch, time, Dropout.NONE);
    return headLoss(x, null, null, targets, batch * time, 1, true);
  }

  /** The loss of each position (B,T) in the last {@link #loss} or {@link #backward}, in nats. */
  public void losses(float[] values, int rows) {
    stack.activations().losses().copyTo(values, rows);
  }

  /**
   * Forward and backward pass: the gradient of {@code scale} · loss sum.
   *
   * @param dropout {@link Dropout#NONE}, or a rate with a seed that differs per micro-batch
   * @param add to {@code gradients}, as every micro-batch of a step but the first does; otherwise
   *     whatever they hold is overwritten
   * @return the loss as {@link #loss} returns it, with dropout
   */
  public double backward(
      GptParameters gradients,
      int[] ids,
      int[] targets,
      int batch,
      int time,
      float scale,
      Dropout dropout,
      boolean add) {
    check(ids, targets, batch, time);
    Stack network = stack(true);
    if (!add) {
      zeroWhatOnlyGrows(gradients);
    }
    FloatBlock x = network.forward(ids, batch, time, dropout);
    FloatBlock dx = network.activations().scratch().norm();
    double loss = headLoss(x, dx, gradients.head(), targets, batch * time, scale, add);
    network.backward(gradients, ids, batch, time, dropout, add);
    return loss;
  }

  /** Gradients that no kernel overwrites: all but those of multiplied matrices and their biases. */
  private void zeroWhatOnlyGrows(GptParameters gradients) {
    long used = (long) config.vocabulary() * config.embd();
    long padding = gradients.wte().length() - used;
    if (padding > 0) {
      gradients.wte().slice(used, padding).zero();
    }
    gradients.wpe().zero();
    for (GptParameters.Block block : gradients.blocks()) {
      zero(block.norm1());
      zero(block.norm2());
    }
    zero(gradients.finalNorm());
  }

  private static void zero(GptParameters.Norm norm) {
    norm.gain().zero();
    if (norm.bias() != null) {
      norm.bias().zero();
    }
  }

  /**
   * Logits of every position, without dropout.
   *
   * @param logits (B,T,V)
   * @param ids (B,T), row-major; may be longer
   */
  public void logits(FloatBlock logits, int[] ids, int batch, int time) {
    checkShape(batch, time);
    checkIds("token id", ids, batch, time);
    FloatBlock x = stack(false).forward(ids, batch, time, Dropout.NONE);
    FloatBlock head = weights.weights().head();
    kernels.logits(logits, x, head, batch * time, config.embd(), config.vocabulary());
  }

  private double headLoss(
      FloatBlock x,
      FloatBlock dx,
      FloatBlock dwte,
      int[] targets,
      int rows,
      float scale,
      boolean add) {
    FloatBlock losses = stack.activations().losses();
    kernels.headCrossEntropy(
        losses,
        dx,
        dwte,
        x,
        weights.weights().head(),
        targets,
        rows,
        config.embd(),
        config.vocabulary(),
        scale,
        add);
    losses.copyTo(lossValues, rows);
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      sum += lossValues[r];
    }
    return sum;
  }

  private void check(int[] ids, int[] targets, int batch, int time) {
    checkShape(batch, time);
    checkIds("token id", ids, batch, time);
    checkIds("target id", targets, batch, time);
  }

  private void checkShape(int batch, int time) {
    if (time < 1 || time > config.context()) {
      throw new IllegalArgumentException(
          "sequences of " + time + " tokens; model.context allows 1 to " + config.context());
    }
    if (batch < 1 || batch > batch()) {
      throw new IllegalArgumentException(
          "a batch of " + batch + " sequences; memory is planned for 1 to " + batch());
    }
  }

  private void checkIds(String what, int[] ids, int batch, int time) {
    if (ids.length < batch * time) {
      throw new IllegalArgumentException(
          ids.length + " " + what + "s for a batch of " + batch + " x " + time);
    }
    for (int r = 0; r < batch * time; r++) {
      if (ids[r] < 0 || ids[r] >= config.vocabulary()) {
        throw new IllegalArgumentException(
            String.format(
                "%s %d at sequence %d, position %d is outside the vocabulary of %d",
                what, ids[r], r / time, r % time, config.vocabulary()));
      }
    }
  }

  /** Frees the kernels' memory; the buffers go with the object. */
  @Override
  public void close() {
    kernels.close();
  }
}
