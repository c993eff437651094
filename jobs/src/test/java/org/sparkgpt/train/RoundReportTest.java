package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundReportTest {
  @Test
  void lineNamesTheStragglerOfTwoWorkers() {
    RoundReport round = round(new double[] {1.0, 1.6});

    assertThat(round.line(90))
        .isEqualTo(
            "step=50/100 loss=3.2500 lr=0.000100 grad_norm=0.500 tokens/s=1,024 bytes=4,096"
                + " slowest=1.60s median=1.00s outside=50.0% straggler=1@host-1/executor-8"
                + " left=1m30s");
  }

  @Test
  void workersOfAboutTheSameSpeedAreNoStragglers() {
    assertThat(round(new double[] {1.0, 1.4}).straggler()).isEmpty();
    assertThat(round(new double[] {1.0, 2.0, 2.0, 2.9}).straggler()).isEmpty();
    assertThat(round(new double[] {0.01, 0.09}).straggler()).as("too short to tell").isEmpty();
    assertThat(round(new double[] {1.0, 2.0, 2.0, 3.1}).straggler())
        .hasValueSatisfying(w -> assertThat(w.worker()).isEqualTo(3));
  }

  @Test
  void aLineOfMetricsReadsBackAsTheRound() throws IOException {
    RoundReport round = round(new double[] {1.0, 1.6});

    assertThat(round.json())
        .startsWith("{\"step\":50,")
        .contains("\"outside_seconds\":1.6", "\"host\":\"host-1\"", "\"executor\":\"8\"")
        .doesNotContain("NaN", "update_norm");
    assertThat(RoundReport.parse(round.json())).isEqualTo(round);
  }

  @Test
  void linesOfEarlierBuildsHaveNoWorkers() throws IOException {
    RoundReport round = RoundReport.parse("{\"step\":5,\"loss\":2.5}");

    assertThat(round.workers()).isEmpty();
    assertThat(round.loss()).isEqualTo(2.5);
    assertThat(round.gradientNorm()).isNaN();
  }

  /** Of workers 0, 1 ... with these times, in a round of twice the slowest's. */
  private static RoundReport round(double[] seconds) {
    List<WorkerReport> reports =
        java.util.stream.IntStream.range(0, seconds.length)
            .mapToObj(
                w ->
                    new WorkerReport(
                        w, 512, 3.25, 0.5, seconds[w], 2048, -1, null, "host-" + w, "" + (7 + w)))
            .toList();
    RoundResult result = new RoundResult(reports, Double.NaN);
    return new RoundReport(
        50,
        100,
        51_200,
        result.loss(),
        1e-4,
        result.gradientNorm(),
        result.updateNorm(),
        1024,
        result.bytes(),
        2 * result.slowestSeconds(),
        result.slowestSeconds(),
        result.medianSeconds(),
        1_700_000_000_123L,
        result.parts());
  }
}
