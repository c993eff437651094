package org.sparkgpt.generate;

import java.util.SplittableRandom;

/** Draws a token by its probability after temperature, top-k and top-p. Serves one thread. */
final class RandomSampler implements Sampler {
  private final double temperature;
  private final int topK;
  private final double topP;
  private final int vocabulary;
  private final SplittableRandom random;

  RandomSampler(SamplingConfig config, int vocabulary, SplittableRandom random) {
    this.temperature = config.temperature();
    this.topK = config.topK();
    this.topP = config.topP();
    this.vocabulary = vocabulary;
    this.random = random;
  }

  @Override
  public int next(float[] logits) {
    int count = Math.min(vocabulary, logits.length);
    float max = logits[Greedy.next(logits, count)];
    if (Float.isInfinite(max)) {
      throw new IllegalStateException(
          "the largest logit is " + max + ": the model's parameters are not usable");
    }
    double[] weights = new double[count]; // proportional to the probabilities
    double total = 0;
    for (int id = 0; id < count; id++) {
      weights[id] = Math.exp((logits[id] - max) / temperature);
      total += weights[id];
    }
    return topK >= count && topP == 1
        ? draw(weights, total)
        : drawFromLikeliest(weights, total, new TokenHeap(logits, count));
  }

  private int draw(double[] weights, double total) {
    double left = random.nextDouble() * total;
    int drawn = 0;
    for (int id = 0; id < weights.length; id++) {
      if (weights[id] > 0) { // rounding must not end the walk on an impossible token
        drawn = id;
        left -= weights[id];
        if (left < 0) {
          break;
        }
      }
    }
    return drawn;
  }

  private int drawFromLikeliest(double[] weights, double total, TokenHeap heap) {
    int[] ids = new int[Math.min(topK, weights.length)];
    int taken = 0;
    double mass = total; // of the tokens that top-k leaves
    if (topK < weights.length) {
      mass = 0;
      while (taken < ids.length) {
        ids[taken] = heap.poll();
        mass += weights[ids[taken++]];
      }
    }
    double nucleus = 0;
    int kept = 0;
    while (kept < ids.length && (kept == 0 || topP == 1 || nucleus < topP * mass)) {
      if (kept == taken) {
        ids[taken++] = heap.poll();
      }
      nucleus += weights[ids[kept++]];
    }
    double left = random.nextDouble() * nucleus;
    int drawn = 0;
    left -= weights[ids[0]];
    while (left >= 0 && drawn + 1 < kept && weights[ids[drawn + 1]] > 0) {
      left -= weights[ids[++drawn]];
    }
    return ids[drawn];
  }
}
