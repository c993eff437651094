package org.sparkgpt.kernel;

/**
 * Which elements are dropped: a pure function of seed and index, so the backward pass and a
 * repeated task see the same mask without storing it.
 *
 * @param rate share dropped, in [0, 1); 0 drops nothing
 * @param seed differs per step, layer and place
 */
public record Dropout(double rate, long seed) {
  public static final Dropout NONE = new Dropout(0, 0);

  public boolean isActive() {
    return rate > 0;
  }

  /** Whether element {@code index} survives. */
  public boolean keeps(long index) {
    return (mix(seed + index * 0x9E3779B97F4A7C15L) >>> 11) * 0x1p-53 >= rate;
  }

  /** Drops among values[0..count), whose first has index {@code first}; scales the survivors. */
  void apply(float[] values, long first, int count) {
    float scale = scale();
    for (int i = 0; i < count; i++) {
      values[i] = keeps(first + i) ? values[i] * scale : 0;
    }
  }

  /** What survivors are multiplied with, so that the expectation stays: 1 / (1 - rate). */
  public float scale() {
    return (float) (1 / (1 - rate));
  }

  /** The same rate at another place, with a seed of its own. */
  public Dropout at(long place) {
    return new Dropout(rate, mix(seed ^ mix(place)));
  }

  /** Finalizer of SplitMix64 (Steele et al., 2014). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
