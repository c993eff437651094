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
  private final FloatBlock hidden; // (context, 4C)
  private final FloatBlock mean; // (context), as the next
  private final FloatBlock rstd;
  private final FloatBlock attentionState;
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
    this.mean = FloatBlock.allocate(rows);
    this.rstd = FloatBlock.allocate(rows);
    this.attentionState =
        FloatBlock.allocate(kernels.attentionState(1, config.context(), config.heads()));
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
    FloatBlock x = residual.slice(0, (long) rows * embd);
    FloatBlock wpe = weights.wpe().slice((long) cache.length() * embd, (long) rows * embd);
    kernels.embed(x, ids, weights.wte(), wpe, 1, rows, embd);
    for (int layer = 0; layer < config.layers(); layer++) {
      block(x, layer, rows);
    }
    cache.advance(rows);
    FloatBlock last = x.slice((long) (rows - 1) * embd, embd);
    FloatBlock y = norm(last, weights.lnF(), 1);
    kernels.logits(logits, y, weights.wte(), 1, embd, config.vocabulary());
    return logits.toArray();
  }

  private void block(FloatBlock x, int layer, int rows) {
    int embd = config.embd();
    DecoderWeights.Block w = weights.blocks().get(layer);
    FloatBlock projected = qkv.slice(0, (long) rows * 3 * embd);
    linear(projected, norm(x, w.ln1(), rows), w.cAttn(), rows, embd, 3 * embd);
    FloatBlock y = attend(projected, layer, rows);
    kernels.linearAdd(x, y, w.attnProj().weight(), w.attnProj().bias(), rows, embd, embd);
    FloatBlock inner = hidden.slice(0, (long) rows * 4 * embd);
    linear(inner, norm(x, w.ln2(), rows), w.cFc(), rows, embd, 4 * embd);
    kernels.gelu(inner, inner, inner.length(), config.activation());
    kernels.linearAdd(x, inner, w.mlpProj().weight(), w.mlpProj().bias(), rows, 4 * embd, embd);
  }

  private FloatBlock attend(FloatBlock projected, int layer, int rows) {
    int embd = config.embd();
    FloatBlock y = mixed.slice(0, (long) rows * embd);
    float[] heap = projected.toArray();
    cache.put(layer, heap, rows);
    if (cache.length() > 0) {
      int length = cache.length() + rows;
      cachedAttention.attend(attended, heap, cache.keys(layer), cache.values(layer), length);
      y.put(0, attended);
      return y;
    }
    int heads = config.heads();
    FloatBlock state = attentionState.slice(0, kernels.attentionState(1, rows, heads));
    kernels.causalAttention(y, state, projected, 1, rows, heads, config.headSize(), Dropout.NONE);
    return y;
  }

  private FloatBlock norm(FloatBlock x, DecoderWeights.Affine w, int rows) {
    int embd = config.embd();
    FloatBlock y = normed.slice(0, (long) rows * embd);
    FloatBlock means = mean.slice(0, rows);
    FloatBlock rstds = rstd.slice(0, rows);
    kernels.layerNorm(y, means, rstds, x, w.weight(), w.bias(), rows, embd);
    return y;
  }

  private void linear(
      FloatBlock y, FloatBlock x, DecoderWeights.Affine w, int rows, int in, int out) {
    kernels.linear(y, x, w.weight(), w.bias(), rows, in, out);
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
