package org.sparkgpt.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TicksTest {
  @Test
  void ticksAreRoundNumbersThatCoverTheRange() {
    assertThat(labels(0, 100, 5)).containsExactly("0", "20", "40", "60", "80", "100");
    assertThat(labels(2.1, 3.9, 5)).containsExactly("2", "2.5", "3", "3.5", "4");
    assertThat(labels(-3, 4, 5)).containsExactly("-4", "-2", "0", "2", "4");
    assertThat(labels(0, 6e-4, 3)).containsExactly("0", "2e-4", "4e-4", "6e-4");
    assertThat(labels(0, 2.4e9, 3)).containsExactly("0", "1G", "2G", "3G");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "5, 5", "-2, -2", "1e-12, 1e-12", "1e300, 1e300", "1, 1.0000000001"})
  void aRangeOfOneValueHasTicksAroundIt(double low, double high) {
    Ticks ticks = Ticks.of(low, high, 5);

    assertThat(ticks.low()).isLessThanOrEqualTo(low);
    assertThat(ticks.high()).isGreaterThanOrEqualTo(high).isGreaterThan(ticks.low());
    assertThat(ticks.values()).hasSizeBetween(2, 8);
  }

  private static List<String> labels(double low, double high, int count) {
    return Ticks.of(low, high, count).values().stream().map(Ticks::label).toList();
  }

  @Test
  void labelsAreShort() {
    assertThat(Ticks.label(new BigDecimal("1200"))).isEqualTo("1.2k");
    assertThat(Ticks.label(new BigDecimal("3500000"))).isEqualTo("3.5M");
    assertThat(Ticks.label(new BigDecimal("0.0005"))).isEqualTo("5e-4");
    assertThat(Ticks.label(new BigDecimal("-0.25"))).isEqualTo("-0.25");
  }
}
