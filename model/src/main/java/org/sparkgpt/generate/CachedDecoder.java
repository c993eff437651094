package org.sparkgpt.generate;

import java.util.List;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.GptParameters;

/**
 * The decoder's forward pass with a cache: a prompt at once, then token by token, each of which
 * reads every weight once. Its memory is taken once. Serves one thread at a time, one sequence at a
 * time.
 */
final class CachedDecoder {
  private final GptConfig config;
  private final Kernels kernels;
  private final GptParameters parameters; // in 32 bits: embeddings, gains and biases
  private final List<GptParameters.Block> blocks;
  private final TokenHead head;
  private final KeyValueCache cache;
  private final FloatBlock residual; // (context, C)
  private final FloatBlock normed; // (context, C) activations, as the next
  private final FloatBlock mixed;
  private final FloatBlock qkv; // (context, 3C) activations
  private final FloatBlock hidden; // (context, 4C) activations
  private final FloatBlock mean; // (context), as the next
  private final FloatBlock rstd;
  private final FloatBlock logits; // (V)

  /**
   * @param dtype of matrices and activations
   */
  CachedDecoder(GptConfig config, FloatBlock parameters, Kernels kernels, Dtype dtype) {
    this.config = config;
    this.kernels = kernels;
    this.parameters = GptParameters.of(config, parameters);
    this.blocks = BlockMatrices.in(dtype, this.parameters, kernels);
    this.head = TokenHead.of(config, this.parameters.wte(), kernels, dtype);
    this.cache = new KeyValueCache(config);
    long rows = config.context();
    this.residual = FloatBlock.allocate(rows * config.embd());
    this.normed = FloatBlock.allocate(rows * config.embd(), dtype);
    this.mixed = FloatBlock.allocate(rows * config.embd(), dtype);
    this.qkv = FloatBlock.allocate(rows * 3 * config.embd(), dtype);
    this.hidden = FloatBlock.allocate(rows * 4 * config.embd(), dtype);
    this.mean = FloatBlock.allocate(rows);
    this.rstd = FloatBlock.allocate(rows);
    this.logits = FloatBlock.allocate(config.vocabulary());
  }

  /**
   * Starts over with a sequence.
   *
   * @param ids 1 to context tokens
   * @return (V) logits of the token after the last
   */
  float[] prefill(int[] ids) {
    cache.clear();
    return forward(ids);
  }

  /** Appends a token, for which the cache must have room; returns (V) logits of the next. */
  float[] decode(int id) {
    return forward(new int[] {id});
  }

  boolean isFull() {
    return cache.isFull();
  }

  private float[] forward(int[] ids) {
    int rows = ids.length;
    int embd = config.embd();
    checkIds(ids);
    FloatBlock wpe = parameters.wpe().slice((long) cache.length() * embd, (long) rows * embd);
    kernels.embed(residual, ids, parameters.wte(), wpe, 1, rows, embd);
    for (int layer = 0; layer < config.layers(); layer++) {
      block(blocks.get(layer), cache.layer(layer), rows);
    }
    cache.advance(rows);
    norm(residual.slice((long) (rows - 1) * embd, embd), parameters.finalNorm(), 1);
    head.logits(logits, normed);
    return logits.toArray();
  }

  private void block(GptParameters.Block w, FloatBlock kept, int rows) {
    int embd = config.embd();
    GptParameters.Linear in = w.attention();
    norm(residual, w.norm1(), rows);
    kernels.linear(qkv, normed, in.weight(), in.bias(), rows, embd, 3 * embd);
    kernels.cachedAttention(
        mixed,
        kept,
        qkv,
        rows,
        cache.length(),
        config.context(),
        config.heads(),
        config.headSize());
    addProjection(mixed, w.attentionProjection(), rows, embd);
    GptParameters.Linear up = w.fullyConnected();
    norm(residual, w.norm2(), rows);
    kernels.linearGelu(
        hidden, null, normed, up.weight(), up.bias(), rows, embd, 4 * embd, config.activation());
    addProjection(hidden, w.mlpProjection(), rows, 4 * embd);
  }

  private void norm(FloatBlock x, GptParameters.Norm w, int rows) {
    kernels.layerNorm(normed, mean, rstd, x, w.gain(), w.bias(), rows, config.embd());
  }

  private void addProjection(FloatBlock x, GptParameters.Linear w, int rows, int in) {
    kernels.linearAdd(residual, x, w.weight(), w.bias(), rows, in, config.embd());
  }

  private void checkIds(int[] ids) {
    for (int id : ids) {
      if (id < 0 || id >= config.vocabulary()) {
        throw new IllegalArgumentException(
            "token " + id + " is not in the model's vocabulary of " + config.vocabulary());
      }
    }
  }
}
