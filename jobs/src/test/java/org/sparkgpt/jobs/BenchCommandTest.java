package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {
  private static final String TINY =
      "train-step --layers 1 --heads 2 --embd 16 --vocab 33 --batch 2 --context 8 --steps 3";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int bench(String arguments) {
    CommandLine command = SparkGpt.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(("bench " + arguments).split(" "));
  }

  /** The one line that a benchmark prints. */
  private JsonNode json(String arguments) throws Exception {
    assertThat(bench(arguments)).as(err.toString()).isZero();
    assertThat(out.toString().lines()).hasSize(1);
    return new JsonMapper().readTree(out.toString());
  }

  @Test
  void trainStepComparesItselfWithTheMachinesPeak() throws Exception {
    JsonNode result = json(TINY + " --threads 1");

    assertThat(result.get("benchmark").textValue()).isEqualTo("train-step");
    assertThat(result.get("dtype").textValue()).isEqualTo("f32");
    assertThat(result.get("threads").intValue()).isEqualTo(1);
    assertThat(result.get("parameters").intValue()).isEqualTo(3_968);
    double median = result.get("medianMs").doubleValue();
    assertThat(result.get("bestMs").doubleValue()).isPositive().isLessThanOrEqualTo(median);
    assertThat(result.get("tokensPerSecond").doubleValue())
        .isCloseTo(16e3 / median, within(1e-6 * 16e3 / median));
    double flop = 16 * (6.0 * (3_968 - 8 * 16) + 12.0 * 16 * 8); // B T (6 N + 12 L C T)
    double speed = result.get("gflopPerSecond").doubleValue();
    assertThat(speed).isCloseTo(flop / median / 1e6, within(1e-6 * speed));
    double peak = result.get("gemmPeakGflopPerSecond").doubleValue();
    assertThat(peak).isGreaterThan(speed);
    assertThat(result.get("ofGemmPeak").doubleValue()).isCloseTo(speed / peak, within(1e-9));
    assertThat(result.get("peakResidentBytes").longValue()).isGreaterThan(50L << 20);
    assertThat(result.get("loss").doubleValue()).isBetween(2.0, 5.0);
  }

  @Test
  void plainKernelsHaveNoPeakToReach() throws Exception {
    JsonNode result = json(TINY + " --kernels plain --dtype bf16");

    assertThat(result.get("kernels").textValue()).isEqualTo("plain");
    assertThat(result.get("dtype").textValue()).isEqualTo("bf16");
    assertThat(result.has("gemmPeakGflopPerSecond")).isFalse();
    assertThat(result.has("ofGemmPeak")).isFalse();
  }

  @Test
  void formatIsReportedAsItWasResolved() throws Exception {
    JsonNode result = json(TINY + " --kernels plain --dtype auto");

    assertThat(result.get("dtype").textValue()).as("plain loops have no fast one").isEqualTo("f32");
  }

  @Test
  void gemmTellsTheBestOfItsShapes() throws Exception {
    JsonNode result = json("gemm --rows 7 --steps 2 --threads 1");

    assertThat(result.get("shapes")).hasSize(3);
    double best = 0;
    for (JsonNode shape : result.get("shapes")) {
      double fastest = shape.get("bestGflopPerSecond").doubleValue();
      assertThat(fastest).isGreaterThanOrEqualTo(shape.get("medianGflopPerSecond").doubleValue());
      best = Math.max(best, fastest);
    }
    assertThat(result.get("shapes").get(0).get("shape").textValue()).isEqualTo("7x768x3072");
    assertThat(result.get("gemmPeakGflopPerSecond").doubleValue()).isEqualTo(best).isPositive();
  }

  @Test
  void memoryIsPlannedFromTheRunFile() throws Exception {
    JsonNode result = json("memory ../conf/gpt2-124m.yaml --json model.dtype=f32");

    assertThat(result.get("parameters").longValue()).isEqualTo(124_439_808);
    assertThat(result.get("dtype").textValue()).isEqualTo("f32");
    assertThat(result.get("microBatch").intValue()).isEqualTo(4);
    assertThat(result.get("bytes").get("parameters").longValue()).isEqualTo(4L * 124_439_808);
    long total = 0;
    for (JsonNode part : result.get("bytes")) {
      total += part.longValue();
    }
    assertThat(result.get("totalBytes").longValue()).isEqualTo(total);
    assertThat(result.get("heapBytes").longValue()).isEqualTo(Runtime.getRuntime().maxMemory());
    assertThat(result.get("containerBytes").longValue()).isPositive();
  }

  @Test
  void memoryIsATableForAPerson() {
    assertThat(bench("memory ../conf/gpt2-124m.yaml train.microBatch=2")).isZero();
    assertThat(out.toString())
        .startsWith("A worker: 124,439,808 parameters, ")
        .contains("2 x 1,024 tokens at a time", "optimizer", "total", "Here are ", "Room for ")
        .contains("the run has 8.");
  }

  @Test
  void shardsAreTimedFromTheFileToTheMapping() throws Exception {
    JsonNode result = json("shards --tokens 300000 --repeats 3");

    assertThat(result.get("tokens").longValue()).isEqualTo(300_000);
    assertThat(result.get("shardBytes").longValue()).isBetween(300_000L, 1_200_000L);
    double median = result.get("medianMs").doubleValue();
    assertThat(result.get("bestMs").doubleValue()).isPositive().isLessThanOrEqualTo(median);
    assertThat(result.get("tokensPerSecond").doubleValue())
        .isCloseTo(3e8 / median, within(1e-6 * 3e8 / median));
    assertThat(result.get("cachedMs").doubleValue()).isPositive().isLessThan(median);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gemm --dtype x | '--dtype': expected one of [F32, BF16, AUTO] (case-insensitive)",
        "gemm --rows -3 | sparkgpt bench gemm: --rows must be positive, got -3",
        "gemm --steps 0 | sparkgpt bench gemm: --steps must be positive, got 0",
        "gemm --threads -1 | sparkgpt bench gemm: --threads must be positive, got -1",
        "gemm --row 3 | Unknown options: '--row', '3'",
        "train-step --batch 0 | sparkgpt bench train-step: --batch must be positive, got 0",
        "train-step --steps -1 | sparkgpt bench train-step: --steps must be positive, got -1",
        "train-step --steps many | '--steps': 'many' is not an int",
        "train-step --dtype f16 | '--dtype': expected one of [F32, BF16, AUTO]",
        "shards --repeats 0 | sparkgpt bench shards: --repeats must be positive, got 0",
        "encode nowhere.txt | nowhere.txt: no such file",
        "encode --repeats 0 | sparkgpt bench encode: --repeats must be positive, got 0",
        "tokenizer --merges 0 | sparkgpt bench tokenizer: --merges must be positive, got 0",
        "tokenizer here --keep there | --keep is for documents that are made up, not here",
        "redact nowhere --repeats 0 | sparkgpt bench redact: --repeats must be positive, got 0",
        "redact nowhere | nowhere: no documents here; name a directory such as runs/demo/dedup",
        "shards nowhere | nowhere/_manifest.json does not exist: run tokenize first",
        "strategies ../conf/demo.yaml --workers 0 | --workers must be positive, got 0",
        "strategies ../conf/demo.yaml --strategies dl4 | expected one of",
        "strategies ../conf/demo.yaml output=target/nowhere | target/nowhere/tokens: no finished",
        "passages nowhere --repeats 0 | sparkgpt bench passages: --repeats must be positive, got 0",
        "passages nowhere | nowhere/clean: no documents here; run ingest first",
        "passages nowhere passages.span.minCharacters=0 | passages.span.minCharacters must be at least",
        "memory nowhere.yaml | nowhere.yaml: no such run file",
        "averaging nowhere.yaml | nowhere.yaml: no such run file",
        "averaging ../conf/demo.yaml --strategies dl4j | --strategies takes sync, diloco and average",
        "averaging ../conf/demo.yaml --deltas fp8 | expected one of [FP32, BF16, INT8]",
        "averaging ../conf/demo.yaml --workers 3 | must be a multiple of train.workers, got 32 and 3",
        "averaging ../conf/demo.yaml output=none | no finished 'tokenize' here; run it first",
        "memory ../conf/gpt2-124m.yaml model.layers=0 | model.layers must be positive, got 0",
        "train-step --heads 5 | model.embd must be a multiple of model.heads, got 768 and 5",
      })
  void mistakesEndWithOneClearLineAndExitCode2(String arguments, String line) {
    assertThat(bench(arguments)).isEqualTo(2);
    assertThat(err.toString().lines().findFirst().orElseThrow()).contains(line);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void peakOfResidentMemoryIsReadFromTheKernelsTable(@TempDir Path folder) throws Exception {
    Path status = folder.resolve("status");
    assertThat(ResidentMemory.peakBytes(status)).as("no such file").isEmpty();
    Files.writeString(status, "VmPeak:\t 9000000 kB\nVmHWM:\t   12345 kB\nVmRSS:\t 1 kB\n");
    assertThat(ResidentMemory.peakBytes(status)).hasValue(12_345L * 1024);
  }
}
