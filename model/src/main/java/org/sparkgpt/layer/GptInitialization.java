package org.sparkgpt.layer;

import java.util.SplittableRandom;
import org.sparkgpt.kernel.FloatBlock;

/**
 * GPT-2's initial weights: matrices from N(0, 0.02²), the projections back onto the residual stream
 * from N(0, 0.02²/2L) because 2L of them add up, biases 0, layer-norm gains 1. A pure function of
 * the seed, the same on every machine.
 */
public final class GptInitialization {
  private static final double DEVIATION = 0.02; // Radford et al., 2019
  private static final int CHUNK = 1 << 16;

  private GptInitialization() {}

  public static void fill(FloatBlock parameters, GptConfig config, long seed) {
    SplittableRandom seeds = new SplittableRandom(seed);
    for (ParameterLayout.Parameter parameter : ParameterLayout.of(config).parameters()) {
      Normal normal = new Normal(seeds.split());
      double deviation = deviation(parameter, config);
      float constant = parameter.name().endsWith(".bias") ? 0 : 1;
      for (long from = 0; from < parameter.length(); from += CHUNK) {
        float[] values = new float[(int) Math.min(CHUNK, parameter.length() - from)];
        for (int i = 0; i < values.length; i++) {
          values[i] = parameter.decayed() ? (float) (deviation * normal.next()) : constant;
        }
        parameters.put(parameter.offset() + from, values);
      }
    }
  }

  private static double deviation(ParameterLayout.Parameter parameter, GptConfig config) {
    boolean residual = parameter.name().endsWith("c_proj.weight");
    return residual ? DEVIATION / Math.sqrt(2.0 * config.layers()) : DEVIATION;
  }

  /** Standard normal numbers by Marsaglia's polar method, with {@link StrictMath}. */
  private static final class Normal {
    private final SplittableRandom random;
    private double spare = Double.NaN;

    Normal(SplittableRandom random) {
      this.random = random;
    }

    double next() {
      if (!Double.isNaN(spare)) {
        double value = spare;
        spare = Double.NaN;
        return value;
      }
      double u;
      double v;
      double s;
      do {
        u = 2 * random.nextDouble() - 1;
        v = 2 * random.nextDouble() - 1;
        s = u * u + v * v;
      } while (s >= 1 || s == 0);
      double factor = StrictMath.sqrt(-2 * StrictMath.log(s) / s);
      spare = v * factor;
      return u * factor;
    }
  }
}
