package org.sparkgpt.layer;

import java.util.List;
import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/**
 * GPT-2 (Radford et al., 2019): a decoder-only transformer with pre-norm blocks, learned positions
 * and a head tied to the token embedding. The network alone, without DL4J.
 *
 * <p>Activations are allocated once, for micro-batches of up to {@code batch} rows as long as the
 * context; those of the backward pass at its first call. Smaller and shorter batches use a part of
 * them. An instance serves one thread at a time. Weights are read from the vector given, whose
 * owner may change them between calls.
 */
public final class Gpt implements AutoCloseable {
  private final Plan plan;
  private final GptConfig config;
  private final Kernels kernels;
  private final GptParameters weights;
  private final Embedding embedding;
  private final List<Block> blocks;
  private final LayerNorm finalNorm;
  private final FloatBlock losses;
  private final FloatBlock branch; // forward scratch of residual branches with dropout
  private final float[] lossValues;
  private Scratch scratch; // of the backward pass

  /**
   * @param parameters flat vector in {@link ParameterLayout} order, shared
   * @param batch most rows of a micro-batch
   */
  public Gpt(GptConfig config, Kernels kernels, FloatBlock parameters, int batch) {
    this.plan = new Plan(config, batch);
    this.config = config;
    this.kernels = kernels;
    this.weights = GptParameters.of(config, parameters);
    this.embedding = new Embedding(plan, kernels, weights);
    this.blocks = weights.blocks().stream().map(w -> new Block(plan, kernels, w)).toList();
    this.finalNorm = new LayerNorm(plan, kernels, weights.finalNorm());
    this.losses = plan.activations(1);
    this.branch = plan.activations(config.embd());
    this.lossValues = new float[plan.rows()];
  }

  public GptConfig config() {
    return config;
  }

  /** The arithmetic; for callers who compute on the same thread between this network's calls. */
  public Kernels kernels() {
    return kernels;
  }

  public GptParameters weights() {
    return weights;
  }

  /** Most rows of a batch. */
  public int batch() {
    return plan.batch();
  }

  /**
   * Next-token loss without dropout.
   *
   * @param ids (B,T), row-major; may be longer
   * @param targets (B,T), the token after each
   * @return sum over all positions, in nats
   */
  public double loss(int[] ids, int[] targets, int batch, int time) {
    forward(ids, batch, time, Dropout.NONE);
    return headLoss(null, null, targets, batch, time, 1);
  }

  /** The loss of each position (B,T) in the last {@link #loss} or {@link #backward}, in nats. */
  public void losses(float[] values, int rows) {
    losses.copyTo(values, rows);
  }

  /**
   * Forward and backward pass. Adds the gradient of {@code scale} · loss sum to {@code gradients}.
   *
   * @param dropout {@link Dropout#NONE}, or a rate with a seed that differs per micro-batch
   * @return the loss as {@link #loss} returns it, with dropout
   */
  public double backward(
      GptParameters gradients,
      int[] ids,
      int[] targets,
      int batch,
      int time,
      float scale,
      Dropout dropout) {
    if (scratch == null) {
      scratch = Scratch.allocate(plan);
    }
    int rows = batch * time;
    FloatBlock x = forward(ids, batch, time, dropout);
    FloatBlock dnorm = scratch.norm();
    double loss = headLoss(dnorm, gradients.wte(), targets, batch, time, scale);
    scratch.residual().zero((long) rows * config.embd());
    finalNorm.backward(scratch.residual(), gradients.finalNorm(), dnorm, x, rows);
    for (int i = blocks.size() - 1; i >= 0; i--) {
      FloatBlock input = i == 0 ? embedding.output() : blocks.get(i - 1).output();
      GptParameters.Block gradient = gradients.blocks().get(i);
      blocks.get(i).backward(gradient, input, scratch, batch, time, dropout.at(i));
    }
    embedding.backward(gradients, scratch.residual(), ids, batch, time, dropout);
    return loss;
  }

  /**
   * Logits of every position, without dropout.
   *
   * @param logits (B,T,V)
   * @param ids (B,T), row-major; may be longer
   */
  public void logits(FloatBlock logits, int[] ids, int batch, int time) {
    forward(ids, batch, time, Dropout.NONE);
    kernels.logits(
        logits,
        finalNorm.output(),
        weights.wte(),
        batch * time,
        config.embd(),
        config.vocabulary());
  }

  /** Fills {@code finalNorm}'s output and returns its input. */
  private FloatBlock forward(int[] ids, int batch, int time, Dropout dropout) {
    checkShape(batch, time);
    checkIds("token id", ids, batch, time);
    FloatBlock x = embedding.forward(ids, batch, time, dropout);
    for (int i = 0; i < blocks.size(); i++) {
      x = blocks.get(i).forward(x, branch, batch, time, dropout.at(i));
    }
    finalNorm.forward(x, batch * time);
    return x;
  }

  private double headLoss(
      FloatBlock dx, FloatBlock dwte, int[] targets, int batch, int time, float scale) {
    checkIds("target id", targets, batch, time);
    int rows = batch * time;
    kernels.headCrossEntropy(
        losses,
        dx,
        dwte,
        finalNorm.output(),
        weights.wte(),
        targets,
        rows,
        config.embd(),
        config.vocabulary(),
        scale,
        true);
    losses.copyTo(lossValues, rows);
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      sum += lossValues[r];
    }
    return sum;
  }

  private void checkShape(int batch, int time) {
    if (time < 1 || time > config.context()) {
      throw new IllegalArgumentException(
          "sequences of " + time + " tokens; model.context allows 1 to " + config.context());
    }
    if (batch < 1 || batch > plan.batch()) {
      throw new IllegalArgumentException(
          "a batch of " + batch + " sequences; memory is planned for 1 to " + plan.batch());
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
