package org.sparkgpt.train;

import java.util.List;

/** Plain parameter averaging: the mean of the workers' parameters are the new parameters. */
final class Averaging implements OuterOptimizer {
  @Override
  public List<String> segments() {
    return List.of("parameters");
  }

  @Override
  public Result step(byte[] state, double[] mean) {
    float[] before = Message.segment(state, 0, mean.length);
    float[] after = new float[mean.length];
    double squares = 0;
    for (int i = 0; i < mean.length; i++) {
      after[i] = (float) mean[i];
      double change = before[i] - mean[i];
      squares += change * change;
    }
    return new Result(Message.of(Message.key(state), after), squares);
  }
}
