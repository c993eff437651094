package org.sparkgpt.generate;

import java.util.SplittableRandom;

/** Chooses the next token. */
@FunctionalInterface
public interface Sampler {
  /**
   * @param logits one per token id, unnormalised log probabilities; left as they are
   */
  int next(float[] logits);

  /**
   * The sampler that {@code config} asks for: temperature, then top-k, then top-p, among equals the
   * smaller id first.
   *
   * @param vocabulary size of the tokenizer; logits from there on belong to padding and are never
   *     chosen
   * @param sample which of {@code config.samples()} continuations, from 0: each has its own draws,
   *     the same for the same seed
   */
  static Sampler of(SamplingConfig config, int vocabulary, int sample) {
    if (vocabulary < 1) {
      throw new IllegalArgumentException("the vocabulary must not be empty, got " + vocabulary);
    }
    if (config.temperature() == 0) {
      return logits -> Greedy.next(logits, vocabulary);
    }
    SplittableRandom root = new SplittableRandom(config.seed());
    SplittableRandom random = root.split();
    for (int i = 0; i < sample; i++) {
      random = root.split();
    }
    return new RandomSampler(config, vocabulary, random);
  }

  /** Always the likeliest token, the smallest id among equals. */
  static Sampler greedy(int vocabulary) {
    return logits -> Greedy.next(logits, vocabulary);
  }
}
