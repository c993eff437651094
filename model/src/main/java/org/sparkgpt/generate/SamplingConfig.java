package org.sparkgpt.generate;

import java.io.Serializable;
import java.util.List;

/**
 * How text is continued; the {@code generate} section of a run file.
 *
 * @param maxTokens most tokens a continuation gets
 * @param temperature divides the logits: below 1 sharpens, above 1 flattens; 0 always takes the
 *     likeliest token
 * @param topK only the {@code topK} likeliest tokens are drawn from; the vocabulary's size or more
 *     leaves all of them
 * @param topP only the smallest set of likeliest tokens whose probabilities add up to {@code topP}
 *     is drawn from (nucleus sampling, Holtzman et al., 2020); 1 leaves all of them
 * @param seed of the draws
 * @param stop texts that end a continuation, not part of it
 * @param samples continuations of one prompt, each with draws of its own
 */
public record SamplingConfig(
    int maxTokens,
    double temperature,
    int topK,
    double topP,
    long seed,
    List<String> stop,
    int samples)
    implements Serializable {

  public SamplingConfig {
    requirePositive("generate.maxTokens", maxTokens);
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "generate.temperature must be 0 (always the likeliest) or more, got " + temperature);
    }
    requirePositive("generate.topK", topK);
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("generate.topP must be in (0, 1], got " + topP);
    }
    if (stop == null) {
      throw new IllegalArgumentException("generate.stop is missing: a list, [] for no stop text");
    }
    stop = List.copyOf(stop);
    if (stop.contains("")) {
      throw new IllegalArgumentException("generate.stop must not contain an empty text");
    }
    requirePositive("generate.samples", samples);
  }

  private static void requirePositive(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be positive, got " + value);
    }
  }
}
