package org.sparkgpt.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AdamWConfigTest {

  @Test
  void valuesOutOfRangeAreNamedByTheirKey() {
    assertInvalid(0, 0, 0, 0.9, 1, "optimizer.learningRate must be positive, got 0.0");
    assertInvalid(
        1,
        2,
        0,
        0.9,
        1,
        "optimizer.minLearningRate must be in [0, optimizer.learningRate], got 2.0 and 1.0");
    assertInvalid(1, 0, -1, 0.9, 1, "optimizer.warmupSteps must not be negative, got -1");
    assertInvalid(1, 0, 0, 1, 1, "optimizer.beta1 must be in [0, 1), got 1.0");
    assertInvalid(1, 0, 0, 0.9, 0, "optimizer.clipNorm must be positive, got 0.0");
    assertInvalid(Double.NaN, 0, 0, 0.9, 1, "optimizer.learningRate must be positive, got NaN");
  }

  private static void assertInvalid(
      double rate, double lowest, int warmup, double beta1, double clip, String message) {
    assertThatThrownBy(() -> new AdamWConfig(rate, lowest, warmup, beta1, 0.99, 1e-8, 0.1, clip))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void rateWarmsUpThenFollowsACosineToItsLowest() {
    WarmupCosine rate = new WarmupCosine(1e-3, 1e-4, 100, 2000);

    assertThat(rate.valueAt(0, 0)).isCloseTo(1e-3 / 101, within(1e-12));
    assertThat(rate.valueAt(99, 0)).isCloseTo(1e-3 * 100 / 101, within(1e-12));
    assertThat(rate.valueAt(100, 0)).isCloseTo(1e-3, within(1e-12));
    assertThat(rate.valueAt(1050, 0)).isCloseTo(5.5e-4, within(1e-12));
    assertThat(rate.valueAt(2000, 0)).isEqualTo(1e-4);
    assertThat(rate.valueAt(5000, 3)).isEqualTo(1e-4);
  }
}
