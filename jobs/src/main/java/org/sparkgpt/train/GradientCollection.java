package org.sparkgpt.train;

import java.util.List;

/**
 * {@code sync}'s first half: keeps the averaged gradient beside the parameters and AdamW's moments.
 * The step itself waits until the norm of the whole gradient is known: {@link ShardedAdamW}.
 */
final class GradientCollection implements OuterOptimizer {
  @Override
  public List<String> segments() {
    return List.of("parameters", "m", "v");
  }

  @Override
  public Result step(byte[] state, double[] mean) {
    float[] gradient = new float[mean.length];
    double squares = 0;
    for (int i = 0; i < mean.length; i++) {
      gradient[i] = (float) mean[i];
      squares += mean[i] * mean[i];
    }
    float[] theta = Message.segment(state, 0, mean.length);
    float[] m = Message.segmentOrZeros(state, 1, mean.length);
    float[] v = Message.segmentOrZeros(state, 2, mean.length);
    return new Result(Message.of(Message.key(state), theta, m, v, gradient), squares);
  }
}
