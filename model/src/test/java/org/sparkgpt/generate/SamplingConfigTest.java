package org.sparkgpt.generate;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SamplingConfigTest {

  @Test
  void valuesOutOfRangeAreNamed() {
    List<String> none = List.of();
    assertRefused(() -> config(0, 1, 1, 1, none, 1), "generate.maxTokens must be positive, got 0");
    assertRefused(
        () -> config(1, -0.1, 1, 1, none, 1),
        "generate.temperature must be 0 (always the likeliest) or more, got -0.1");
    assertRefused(
        () -> config(1, Double.NaN, 1, 1, none, 1),
        "generate.temperature must be 0 (always the likeliest) or more, got NaN");
    assertRefused(() -> config(1, 1, 0, 1, none, 1), "generate.topK must be positive, got 0");
    assertRefused(() -> config(1, 1, 1, 0, none, 1), "generate.topP must be in (0, 1], got 0.0");
    assertRefused(() -> config(1, 1, 1, 1.5, none, 1), "generate.topP must be in (0, 1], got 1.5");
    assertRefused(
        () -> config(1, 1, 1, 1, null, 1), "generate.stop is missing: a list, [] for no stop text");
    assertRefused(
        () -> config(1, 1, 1, 1, List.of("a", ""), 1),
        "generate.stop must not contain an empty text");
    assertRefused(() -> config(1, 1, 1, 1, none, 0), "generate.samples must be positive, got 0");
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  private static SamplingConfig config(
      int maxTokens, double temperature, int topK, double topP, List<String> stop, int samples) {
    return new SamplingConfig(maxTokens, temperature, topK, topP, 1, stop, samples);
  }
}
