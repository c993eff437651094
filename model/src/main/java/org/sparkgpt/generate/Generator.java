package org.sparkgpt.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.ParameterLayout;

/**
 * Continues token sequences with a trained decoder: the prompt in one pass, every further token in
 * a pass over one row, with the keys and values of the tokens before kept.
 *
 * <p>A further token reads every weight once, and little else: it takes as long as the memory needs
 * to deliver them.
 *
 * <p>The model sees at most {@code context} tokens. Of a longer prompt it sees the last {@code
 * context}. When prompt and continuation have filled the context, the older half is forgotten and
 * the newer one read again, at positions from 0; from then on tokens depend only on what is left.
 *
 * <p>Serves one thread at a time. The kernels stay the caller's to close.
 */
public final class Generator {
  private final GptConfig config;
  private final CachedDecoder decoder;

  /**
   * @param parameters laid out as {@link ParameterLayout#of} says; read, never changed
   * @param dtype of matrices and activations; in {@link Dtype#BF16} the matrices are copied once,
   *     here
   */
  public Generator(GptConfig config, FloatBlock parameters, Kernels kernels, Dtype dtype) {
    this.config = config;
    this.decoder = new CachedDecoder(config, parameters, kernels, dtype);
  }

  /** Logits (V) of the token after {@code tokens}; of more than the context, its last count. */
  public float[] logits(int... tokens) {
    if (tokens.length == 0) {
      throw new IllegalArgumentException("the prompt is empty: it needs at least one token");
    }
    return decoder.prefill(last(tokens, config.context()));
  }

  /**
   * Continues a prompt.
   *
   * @param prompt at least one token
   * @param maxTokens most tokens to add
   * @param stopToken ends the continuation and is not part of it
   * @param onToken told each token as soon as it is chosen; {@code false} ends the continuation
   *     with that token
   */
  public Generation generate(
      int[] prompt, Sampler sampler, int maxTokens, OptionalInt stopToken, IntPredicate onToken) {
    float[] logits = logits(prompt);
    List<Integer> added = new ArrayList<>();
    while (added.size() < maxTokens) {
      int token = sampler.next(logits);
      if (stopToken.isPresent() && token == stopToken.getAsInt()) {
        return new Generation(added, Generation.Finish.STOP_TOKEN);
      }
      added.add(token);
      if (!onToken.test(token)) {
        return new Generation(added, Generation.Finish.LISTENER);
      }
      if (added.size() < maxTokens) {
        logits = decoder.isFull() ? slide(prompt, added) : decoder.decode(token);
      }
    }
    return new Generation(added, Generation.Finish.LENGTH);
  }

  /** Forgets the older half of what the model sees, the newest token included in what is kept. */
  private float[] slide(int[] prompt, List<Integer> added) {
    int keep = Math.max(1, config.context() / 2);
    int fromPrompt = Math.max(0, keep - added.size());
    int[] window = Arrays.copyOf(last(prompt, fromPrompt), keep);
    for (int i = fromPrompt; i < keep; i++) {
      window[i] = added.get(added.size() - keep + i);
    }
    return decoder.prefill(window);
  }

  private static int[] last(int[] tokens, int count) {
    return Arrays.copyOfRange(tokens, Math.max(0, tokens.length - count), tokens.length);
  }
}
