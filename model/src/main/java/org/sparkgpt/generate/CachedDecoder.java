package org.sparkgpt.generate;

import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;
import org.sparkgpt.layer.GptConfig;

/**
 * The decoder's forward pass with a cache: a prompt at once, then token by token. Its memory is
 * taken once. Serves one thread at a time, one sequence at a time.
 */
final class CachedDecoder {
  private final GptConfig config;
  private final DecoderWeights weights;
  private final Kernels kernels;
  private final KeyValueCache cache;
  private final CachedAttention cachedAttention;
  private final float[] attended; // (C)
  private final FloatBlock residual; // (context, C), as the next two
  private final FloatBlock normed;
  private final FloatBlock mixed;
  private final FloatBlock qkv; // (context, 3C)
  private final FloatBlock hidden; // (context, 4C), as the next
  private final FloatBlock activated;
  private final FloatBlock mean; // (context), as the next
  private final FloatBlock rstd;
  private final FloatBlock logits; // (V)

  CachedDecoder(GptConfig config, FloatBlock parameters, Kernels kernels) {
    this.config = config;
    this.weights = DecoderWeights.of(config, parameters);
    this.kernels = kernels;
    this.cache = new KeyValueCache(config);
    this.cachedAttention = new CachedAttention(config.heads(), config.headSize(), config.context());
    this.attended = new float[config.embd()];
    long rows = config.context();
    this.residual = FloatBlock.allocate(rows * config.embd());
    this.normed = FloatBlock.allocate(rows * config.embd());
    this.mixed = FloatBlock.allocate(rows * config.embd());
    this.qkv = FloatBlock.allocate(rows * 3 * config.embd());
    this.hidden = FloatBlock.allocate(rows * 4 * config.embd());
    this.activated = FloatBlock.allocate(rows * 4 * config.embd());
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

  /** Several tokens only from an empty cache: the kernels' attention starts at the first. */
  private float[] forward(int[] ids) {
    int rows = ids.length;
    int embd = config.embd();
    checkIds(ids);
    FloatBlock wpe = weights.wpe().slice((long) cache.length() * embd, (long) rows * embd);
    kernels.embed(residual, ids, weights.wte(), wpe, 1, rows, embd);
    for (int layer = 0; layer < config.layers(); layer++) {
      block(layer, rows);
    }
    cache.advance(rows);
    norm(residual.slice((long) (rows - 1) * embd, embd), weights.lnF(), 1);
    kernels.logits(logits, normed, weights.wte(), 1, embd, config.vocabulary());
    return logits.toArray();
  }

  private void block(int layer, int rows) {
    int embd = config.embd();
    DecoderWeights.Block w = weights.blocks().get(layer);
    norm(residual, w.ln1(), rows);
    kernels.linear(qkv, normed, w.cAttn().weight(), w.cAttn().bias(), rows, embd, 3 * embd);
    attend(layer, rows);
    kernels.linearAdd(
        residual, mixed, w.attnProj().weight(), w.attnProj().bias(), rows, embd, embd);
    norm(residual, w.ln2(), rows);
    kernels.linear(hidden, normed, w.cFc().weight(), w.cFc().bias(), rows, embd, 4 * embd);
    kernels.gelu(activated, hidden, 4L * rows * embd, config.activation());
    kernels.linearAdd(
        residual, activated, w.mlpProj().weight(), w.mlpProj().bias(), rows, 4 * embd, embd);
  }

  private void attend(int layer, int rows) {
    float[] projected = qkv.toArray(0, Math.multiplyExact(rows, 3 * config.embd()));
    cache.put(layer, projected, rows);
    if (cache.length() == 0) {
      kernels.causalAttention(mixed, qkv, 1, rows, config.heads(), config.headSize(), Dropout.NONE);
    } else {
      int length = cache.length() + rows;
      cachedAttention.attend(attended, projected, cache.keys(layer), cache.values(layer), length);
      mixed.put(0, attended);
    }
  }

  private void norm(FloatBlock x, DecoderWeights.Affine w, int rows) {
    kernels.layerNorm(normed, mean, rstd, x, w.weight(), w.bias(), rows, config.embd());
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
