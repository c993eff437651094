package org.sparkgpt.kernel;

import java.util.Arrays;

/**
 * Causal self-attention as loops over (b, h, t). Element (b,h,t,s) of the (B,H,T,T) probabilities
 * has dropout index ((b·H + h)·T + t)·T + s.
 */
record PlainAttention(int batch, int time, int heads, int headSize, Dropout mask) {

  void forward(FloatBlock yBlock, FloatBlock qkvBlock) {
    float[] qkv = PlainKernels.read(qkvBlock, (long) batch * time, 3 * width());
    float[] y = new float[batch * time * width()];
    double[] scores = new double[time];
    double[] sums = new double[headSize];
    for (int b = 0; b < batch; b++) {
      for (int h = 0; h < heads; h++) {
        for (int t = 0; t < time; t++) {
          double logSum = scores(scores, qkv, b, h, t);
          Arrays.fill(sums, 0);
          for (int s = 0; s <= t; s++) {
            double p = Math.exp(scores[s] - logSum) * kept(b, h, t, s);
            addScaled(sums, 0, qkv, v(b, h, s), p);
          }
          for (int d = 0; d < headSize; d++) {
            y[(b * time + t) * width() + h * headSize + d] = (float) sums[d];
          }
        }
      }
    }
    yBlock.put(0, y);
  }

  /**
   * With p the probabilities, m the mask and dp = m · dy v': dscore = p (dp - sum_s p dp), dv = (m
   * p)' dy.
   */
  void backward(FloatBlock dqkvBlock, FloatBlock dyBlock, FloatBlock qkvBlock) {
    float[] qkv = PlainKernels.read(qkvBlock, (long) batch * time, 3 * width());
    float[] dy = PlainKernels.read(dyBlock, (long) batch * time, width());
    double[] dqkv = new double[qkv.length];
    double[] p = new double[time];
    double[] dp = new double[time];
    for (int b = 0; b < batch; b++) {
      for (int h = 0; h < heads; h++) {
        for (int t = 0; t < time; t++) {
          double logSum = scores(p, qkv, b, h, t);
          int dyRow = (b * time + t) * width() + h * headSize;
          double mean = 0;
          for (int s = 0; s <= t; s++) {
            double kept = kept(b, h, t, s);
            p[s] = Math.exp(p[s] - logSum);
            dp[s] = kept * PlainKernels.dot(dy, dyRow, qkv, v(b, h, s), headSize);
            mean += p[s] * dp[s];
            addScaled(dqkv, v(b, h, s), dy, dyRow, kept * p[s]);
          }
          for (int s = 0; s <= t; s++) {
            double dscore = p[s] * (dp[s] - mean) / Math.sqrt(headSize);
            addScaled(dqkv, q(b, h, t), qkv, k(b, h, s), dscore);
            addScaled(dqkv, k(b, h, s), qkv, q(b, h, t), dscore);
          }
        }
      }
    }
    float[] rounded = new float[dqkv.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) dqkv[i];
    }
    dqkvBlock.put(0, rounded);
  }

  /** scores[s] = q[t]·k[s] / sqrt(D) for s in [0, t]; returns the log of the sum of their exps. */
  private double scores(double[] scores, float[] qkv, int b, int h, int t) {
    double max = Double.NEGATIVE_INFINITY; // subtracted only for numerical stability
    for (int s = 0; s <= t; s++) {
      double dot = PlainKernels.dot(qkv, q(b, h, t), qkv, k(b, h, s), headSize);
      scores[s] = dot / Math.sqrt(headSize);
      max = Math.max(max, scores[s]);
    }
    double sum = 0;
    for (int s = 0; s <= t; s++) {
      sum += Math.exp(scores[s] - max);
    }
    return max + Math.log(sum);
  }

  /** What the probability of (b,h,t,s) is multiplied with: 1 without dropout. */
  private double kept(int b, int h, int t, int s) {
    if (!mask.isActive()) {
      return 1;
    }
    return mask.keeps((((long) b * heads + h) * time + t) * time + s) ? mask.scale() : 0;
  }

  private void addScaled(double[] to, int at, float[] values, int from, double factor) {
    for (int d = 0; d < headSize; d++) {
      to[at + d] += factor * values[from + d];
    }
  }

  private int width() {
    return heads * headSize;
  }

  private int q(int b, int h, int t) {
    return (b * time + t) * 3 * width() + h * headSize;
  }

  private int k(int b, int h, int t) {
    return q(b, h, t) + width();
  }

  private int v(int b, int h, int t) {
    return q(b, h, t) + 2 * width();
  }
}
