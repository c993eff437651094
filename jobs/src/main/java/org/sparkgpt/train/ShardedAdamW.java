package org.sparkgpt.train;

import java.io.Serializable;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.ParameterLayout;

/**
 * {@code sync}'s second half: one AdamW step on the chunk that an owner keeps, in DL4J's form
 *
 * <pre>
 * g = clip gradient;  m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g g
 * theta = theta - lr sqrt(1-b2^t)/(1-b1^t) m / (sqrt(v) + eps) - lr decay theta
 * </pre>
 *
 * <p>with the decay on matrices only and t counted from 1.
 */
final class ShardedAdamW implements Serializable {
  private final Chunks chunks;
  private final GptConfig model;
  private final AdamWConfig config;
  private final double rate;
  private final double clip;
  private final double correctedRate;

  /**
   * @param step counted from 0
   * @param rate learning rate of this step
   * @param clip factor that brings the gradient down to the largest norm allowed; 1: it is shorter
   */
  ShardedAdamW(
      Chunks chunks, GptConfig model, AdamWConfig config, int step, double rate, double clip) {
    this.chunks = chunks;
    this.model = model;
    this.config = config;
    this.rate = rate;
    this.clip = clip;
    int t = step + 1;
    correctedRate =
        rate * Math.sqrt(1 - Math.pow(config.beta2(), t)) / (1 - Math.pow(config.beta1(), t));
  }

  /** What {@link GradientCollection} left of a chunk, after the step. */
  byte[] step(byte[] pending) {
    int chunk = MessageKey.chunk(Message.key(pending));
    int n = chunks.length(chunk);
    float[] theta = Message.segment(pending, 0, n);
    float[] m = Message.segment(pending, 1, n);
    float[] v = Message.segment(pending, 2, n);
    float[] gradient = Message.segment(pending, 3, n);
    long from = chunks.from(chunk);
    for (ParameterLayout.Parameter parameter : ParameterLayout.of(model).parameters()) {
      int begin = (int) Math.max(0, parameter.offset() - from);
      int end = (int) Math.min(n, parameter.offset() + parameter.length() - from);
      double decay = parameter.decayed() ? rate * config.weightDecay() : 0;
      for (int i = begin; i < end; i++) {
        double g = clip * gradient[i];
        m[i] = (float) (config.beta1() * m[i] + (1 - config.beta1()) * g);
        v[i] = (float) (config.beta2() * v[i] + (1 - config.beta2()) * g * g);
        double update = correctedRate * m[i] / (Math.sqrt(v[i]) + config.epsilon());
        theta[i] = (float) (theta[i] - update - decay * theta[i]);
      }
    }
    return Message.of(Message.key(pending), theta, m, v);
  }
}
