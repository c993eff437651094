package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LossCurveTest {

  @Test
  void fallingLossFallsFromTheUpperLeftToTheLowerRight() {
    List<LossCurve.Point> points =
        IntStream.rangeClosed(0, 10)
            .mapToObj(i -> new LossCurve.Point(10 * i, 5.0 - 0.3 * i))
            .toList();

    List<String> lines = LossCurve.draw(points).lines().toList();

    assertThat(lines.get(1)).isEqualTo("   5.000 |*          ");
    assertThat(lines.get(12)).isEqualTo("   2.000 |          *");
    assertThat(lines.get(14)).isEqualTo("          0       100");
  }

  @Test
  void manyPointsAreAveragedIntoColumns() {
    List<LossCurve.Point> points =
        IntStream.range(0, 10_000).mapToObj(i -> new LossCurve.Point(i, i % 2)).toList();

    assertThat(LossCurve.draw(points).lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void constantLossIsALineAndNoLossIsNothing() {
    assertThat(LossCurve.draw(List.of(new LossCurve.Point(1, 2), new LossCurve.Point(2, 2))))
        .contains("   2.000 |**");
    assertThat(LossCurve.draw(List.of())).isEmpty();
  }
}
