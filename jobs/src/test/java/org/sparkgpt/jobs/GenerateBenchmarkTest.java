package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class GenerateBenchmarkTest {
  private static final String TINY =
      "--layers 1 --heads 2 --embd 16 --vocab 33 --context 8 --prompt 3 --tokens 5 --threads 1";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int bench(String arguments) {
    CommandLine command = SparkGpt.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(("bench generate " + arguments).split(" "));
  }

  @ParameterizedTest
  @CsvSource({"f32,onednn,15360", "bf16,plain,8160"}) // 3,600 numbers in matrices, 240 in vectors
  void tokensAreComparedWithTheSpeedOfMemory(String dtype, String kernels, long bytes)
      throws Exception {
    assertThat(bench(TINY + " --dtype " + dtype + " --kernels " + kernels)).isZero();

    assertThat(out.toString().lines()).hasSize(1);
    JsonNode result = new JsonMapper().readTree(out.toString());
    assertThat(result.get("benchmark").textValue()).isEqualTo("generate");
    assertThat(result.get("dtype").textValue()).isEqualTo(dtype);
    assertThat(result.get("kernels").textValue()).isEqualTo(kernels);
    assertThat(result.get("weightBytesPerToken").longValue()).isEqualTo(bytes);
    double prefill = result.get("prefillMs").doubleValue();
    assertThat(result.get("prefillTokensPerSecond").doubleValue())
        .isCloseTo(3e3 / prefill, within(1e-6 * 3e3 / prefill));
    double median = result.get("medianMs").doubleValue();
    assertThat(result.get("bestMs").doubleValue()).isPositive().isLessThanOrEqualTo(median);
    double speed = result.get("gigabytesPerSecond").doubleValue();
    assertThat(speed).isCloseTo(bytes / median / 1e6, within(1e-6 * speed));
    double bandwidth = result.get("readBandwidthGigabytesPerSecond").doubleValue();
    assertThat(bandwidth).isGreaterThan(speed);
    assertThat(result.get("ofReadBandwidth").doubleValue())
        .isCloseTo(speed / bandwidth, within(1e-9));
  }

  @Test
  void moreTokensThanTheContextAreAMistake() {
    assertThat(bench("--prompt 1000 --tokens 100 --context 1024")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--prompt and --tokens must fit into --context, got 1000 + 100 and 1024");
    assertThat(out.toString()).isEmpty();
  }
}
