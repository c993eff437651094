package org.sparkgpt.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;

/** Blocks for tests. */
final class Blocks {
  private Blocks() {}

  /** Standard normal numbers. */
  static FloatBlock normal(long seed, long length) {
    return normal(seed, length, 1);
  }

  static FloatBlock normal(long seed, long length, double deviation) {
    Random random = new Random(seed);
    float[] values = new float[Math.toIntExact(length)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    FloatBlock block = FloatBlock.allocate(length);
    block.put(0, values);
    return block;
  }

  /** Standard normal numbers, rounded to {@code dtype}. */
  static FloatBlock normal(long seed, long length, Dtype dtype) {
    return converted(normal(seed, length), dtype);
  }

  static FloatBlock converted(FloatBlock block, Dtype dtype) {
    FloatBlock converted = FloatBlock.allocate(block.length(), dtype);
    converted.put(0, block.toArray());
    return converted;
  }

  /** Numbers in [0, bound). */
  static int[] ids(long seed, int count, int bound) {
    return new Random(seed).ints(count, 0, bound).toArray();
  }

  /** Every element within {@code tolerance} of the expected one, relative to the largest. */
  static void assertClose(String what, FloatBlock actual, FloatBlock expected, double tolerance) {
    float[] actuals = actual.toArray();
    float[] expecteds = expected.toArray();
    double largest = 1e-30;
    double error = 0;
    for (int i = 0; i < expecteds.length; i++) {
      if (!Float.isFinite(actuals[i])) { // asked first: an assertion for each would take seconds
        assertThat(actuals[i]).as(what + "[" + i + "]").isFinite();
      }
      largest = Math.max(largest, Math.abs(expecteds[i]));
      error = Math.max(error, Math.abs((double) actuals[i] - expecteds[i]));
    }
    assertThat(error / largest).as("relative error of " + what).isLessThanOrEqualTo(tolerance);
  }
}
