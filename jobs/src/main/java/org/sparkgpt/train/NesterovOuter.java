package org.sparkgpt.train;

import java.util.List;

/**
 * DiLoCo's outer step (Douillard et al., 2023): SGD with Nesterov momentum in PyTorch's form on the
 * mean change of the round,
 *
 * <pre>
 * d = theta - mean;  u = momentum u + d;  theta = theta - rate (d + momentum u)
 * </pre>
 *
 * <p>The new theta is computed from the mean, as mean + (d - rate (d + momentum u)): with rate 1
 * and momentum 0 the mean itself comes out, to the bit, however small it is beside the old theta.
 */
final class NesterovOuter implements OuterOptimizer {
  private final double rate;
  private final double momentum;

  NesterovOuter(double rate, double momentum) {
    this.rate = rate;
    this.momentum = momentum;
  }

  @Override
  public List<String> segments() {
    return List.of("parameters", "momentum");
  }

  @Override
  public Result step(byte[] state, double[] mean) {
    float[] theta = Message.segment(state, 0, mean.length);
    float[] velocity = Message.segmentOrZeros(state, 1, mean.length);
    double squares = 0;
    for (int i = 0; i < mean.length; i++) {
      double change = theta[i] - mean[i];
      double next = momentum * velocity[i] + change;
      theta[i] = (float) (mean[i] + (change - rate * (change + momentum * next)));
      velocity[i] = (float) next;
      squares += change * change;
    }
    return new Result(Message.of(Message.key(state), theta, velocity), squares);
  }
}
