package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.checkpoint.Checkpoints;

/**
 * The whole chain as a user runs it: {@code scripts/sparkgpt} as a process of its own, on the
 * packaged jar, over 45 scenes with a near duplicate among web pages, an exact copy, a foreign, a
 * short and a broken text.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.MethodName.class)
class ChainIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private static Path folder;
  private Path runFile;
  private Result first;

  private record Result(int exitCode, String out, String err) {}

  /** The command as a user types it, from a folder of its own. */
  private static ProcessBuilder sparkgpt(String... arguments) {
    List<String> command = new ArrayList<>(List.of("bash", ROOT + "/scripts/sparkgpt"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().remove("SPARK_HOME");
    builder.environment().put("SPARKGPT_MASTER", "local[*]"); // whatever cluster runs beside it
    builder.environment().put("SPARKGPT_MEMORY", "1g");
    return builder;
  }

  private static Result run(String... arguments) throws IOException, InterruptedException {
    return run(sparkgpt(arguments));
  }

  private static Result run(ProcessBuilder builder) throws IOException, InterruptedException {
    Path err = Files.createTempFile(folder, "err", ".txt");
    Process process = builder.redirectError(err.toFile()).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out, Files.readString(err));
  }

  /** The command in this JVM, for what does not need a process of its own. */
  private static Result call(String... arguments) {
    CommandRun run = CommandRun.of(arguments);
    return new Result(run.exitCode(), run.out(), run.err());
  }

  private static String at(String path) {
    return folder.resolve(path).toString();
  }

  private JsonNode stage(String directory) throws IOException {
    return JSON.readTree(folder.resolve("run/" + directory + "/_stage.json").toFile());
  }

  @BeforeAll
  void runTheChain() throws Exception {
    runFile = folder.resolve("run.yaml");
    Path corpus = Path.of("src/test/resources/corpus").toAbsolutePath();
    Files.writeString(
        runFile,
        """
        output: %s
        ingest: {inputs: [%s]}
        clean: {rules: [gopher@datatrove]}
        tokenizer: {kind: bpe, vocabulary: 600}
        tokenize: {valFraction: 0.1, shardTokens: 10000}
        model: {vocabulary: 600, context: 32, layers: 2, heads: 2, embd: 32}
        optimizer: {learningRate: 1.0e-2, minLearningRate: 1.0e-3, warmupSteps: 10}
        train:
          {workers: 2, strategy: diloco, steps: 120, localSteps: 10, batchSize: 8, microBatch: 4,
           checkpointSteps: 20, logSteps: 10}
        export: {format: [huggingface, dl4j]}
        generate: {maxTokens: 40}
        """
            .formatted(at("run"), corpus));
    first = runWithEventLog("pipeline", "run.yaml");
    assertThat(first.exitCode()).as(first.err()).isZero();
  }

  /** The JVM option makes the run write what Spark's History Server reads. */
  private static Result runWithEventLog(String... arguments)
      throws IOException, InterruptedException {
    Path events = Files.createDirectory(folder.resolve("events"));
    ProcessBuilder builder = sparkgpt(arguments);
    builder
        .environment()
        .put(
            "JAVA_TOOL_OPTIONS",
            "-Dspark.eventLog.enabled=true -Dspark.eventLog.dir=" + events.toUri());
    return run(builder);
  }

  @Test
  void everyDroppedDocumentHasItsReason() throws Exception {
    assertThat(stage("documents").get("dropped").get("ingest/not-utf-8").asInt()).isEqualTo(1);
    assertThat(stage("documents").get("rowsOut").asInt()).isEqualTo(49);
    JsonNode clean = stage("clean").get("dropped");
    assertThat(clean.properties().stream().mapToInt(d -> d.getValue().asInt()).sum()).isEqualTo(2);
    assertThat(stage("dedup").get("dropped").get("dedup/exact").asInt()).isEqualTo(1);
    assertThat(stage("dedup").get("dropped").get("dedup/near").asInt()).isEqualTo(1);
    assertThat(stage("dedup").get("rowsOut").asInt()).isEqualTo(45);
    assertThat(first.out()).contains("ingest", "-1  dedup/near", "training loss over steps");
  }

  /** In the event log, as the History Server would show it. */
  @Test
  void everySparkJobSaysItsStageAndWhatItDoes() throws Exception {
    List<String> jobs = new ArrayList<>();
    try (Stream<Path> logs = Files.list(folder.resolve("events"))) {
      for (Path log : logs.filter(l -> !l.getFileName().toString().startsWith(".")).toList()) {
        for (String line : Files.readAllLines(log)) {
          JsonNode event = JSON.readTree(line);
          if (event.path("Event").asText().equals("SparkListenerJobStart")) {
            JsonNode properties = event.path("Properties");
            jobs.add(
                properties.path("spark.jobGroup.id").asText()
                    + " | "
                    + properties.path("spark.job.description").asText());
          }
        }
      }
    }
    assertThat(jobs)
        .contains(
            "ingest | ingest: judge and write the documents",
            "clean | look up the columns of documents",
            "train-tokenizer | learn tokenizer: count words",
            "train | train steps 0 to 10 of 120",
            "evaluate | evaluate step-000000120")
        .allMatch(job -> job.matches("[a-z-]+ \\| .+"));
  }

  @Test
  void theReportIsMadeAgainOnDemand() throws Exception {
    Path page = folder.resolve("run/checkpoints/report.html");
    assertThat(page).content().contains("Step 120 of 120", "step-000000120");
    Files.delete(page);

    Result report = call("report", at("run.yaml"));

    assertThat(report.exitCode()).as(report.err()).isZero();
    assertThat(report.out()).contains("run/checkpoints/report.html");
    assertThat(page).content().contains("Step 120 of 120");
    assertThat(call("report", at("run/tokens")).err()).contains("nor a training here");
  }

  @Test
  void modelLearnsAndItsPerplexityIsReported() throws Exception {
    JsonNode figures = stage("eval").get("figures");

    assertThat(figures.get("loss").asDouble()).isBetween(3.0, Math.log(600) - 0.7);
    assertThat(figures.get("perplexity").asDouble())
        .isCloseTo(Math.exp(figures.get("loss").asDouble()), within(1e-6));
    assertThat(figures.get("bits per byte").asDouble()).isBetween(1.0, 5.0);
  }

  @Test
  void secondRunDoesNothing() throws Exception {
    Result again = run("pipeline", "run.yaml");

    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.out().lines().filter(line -> line.contains("up to date since"))).hasSize(8);
  }

  @Test
  void checkpointAndExportGenerateTheSameText() throws Exception {
    Result checkpoint =
        call("generate", at("run.yaml"), "--prompt", "First Citizen", "generate.seed=3");
    Result exported =
        call(
            "generate",
            at("run.yaml"),
            "--prompt",
            "First Citizen",
            "generate.seed=3",
            "--model",
            at("run/export"));

    assertThat(checkpoint.exitCode()).as(checkpoint.err()).isZero();
    assertThat(checkpoint.out()).startsWith("First Citizen").hasSizeGreaterThan(40);
    assertThat(exported.out()).isEqualTo(checkpoint.out());
  }

  @Test
  void inspectTellsWhatThereIs() throws Exception {
    assertThat(call("inspect", at("run")).out()).contains("dedup/near", "evaluate");
    assertThat(call("inspect", at("run/export")).out()).contains("2 layers, 2 heads, width 32");
    assertThat(call("inspect", at("run/checkpoints/step-000000120")).out())
        .contains("step          120 of 120");
    Result checkpoints = call("inspect", at("run/checkpoints"), "--verify");
    assertThat(checkpoints.exitCode()).as(checkpoints.err()).isZero();
    assertThat(checkpoints.out()).contains("step-000000120", "complete, checksums compared");
    assertThat(call("inspect", at("nowhere")).err()).contains("nowhere: no such directory");
  }

  @Test
  void exportIsForDl4jToo() throws Exception {
    assertThat(folder.resolve("run/export/dl4j-model.zip")).isNotEmptyFile();
    assertThat(call("export", at("run.yaml"), "--format", "dl4j,huggingface").out())
        .contains("up to date since");
    Result unknown = call("export", at("run.yaml"), "--format", "onnx");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("export.format", "onnx", "huggingface");
  }

  @Test
  void mistakesEndWithOneLineAndExitCode2() throws Exception {
    Result unknownKey = call("train", at("run.yaml"), "train.stpes=3");
    assertThat(unknownKey.exitCode()).isEqualTo(2);
    assertThat(unknownKey.err())
        .isEqualTo(
            "sparkgpt train: the command line: unknown key 'train.stpes'; did you mean"
                + " 'train.steps'?\n");
    Result tooEarly = call("train", at("run.yaml"), "output=" + at("other"));
    assertThat(tooEarly.exitCode()).isEqualTo(2);
    assertThat(tooEarly.err()).contains("other/tokens: no finished 'tokenize' here; run it first");
    Result noInput =
        call("ingest", at("run.yaml"), "output=" + at("other"), "ingest.inputs=" + at("nowhere"));
    assertThat(noInput.exitCode()).isEqualTo(2);
    assertThat(noInput.err()).contains("nothing at ", "nowhere");
    Result tooLarge =
        call(
            "train",
            at("run.yaml"),
            "--overwrite",
            "model.layers=200",
            "train.batchSize=800000",
            "train.microBatch=400000",
            "train.steps=121");
    assertThat(tooLarge.exitCode()).isEqualTo(2);
    assertThat(tooLarge.err())
        .contains("it fits with train.microBatch: ", "2 worker(s) in one JVM have ");
    assertThat(stage("checkpoints")).as("what --overwrite would have replaced").isNotNull();
    assertThat(call("clean", at("nowhere.yaml")).err()).contains("nowhere.yaml: no such run file");
    assertThat(run("trian").exitCode()).isEqualTo(2);
  }

  @Test
  void damagedTokenShardIsNamed() throws Exception {
    Path shard;
    try (Stream<Path> files = Files.list(folder.resolve("run/tokens/train"))) {
      shard =
          files.filter(f -> f.toString().endsWith(".parquet")).sorted().findFirst().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(shard);
    try {
      Files.write(shard, Arrays.copyOf(whole, whole.length / 2));
      Result result = call("train", at("run.yaml"), "train.steps=121", "--overwrite");
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err()).contains(shard.getFileName() + ": damaged", "tokenize --overwrite");
    } finally {
      Files.write(shard, whole);
    }
  }

  @Test
  void killedTrainingGoesOnAndEndsWithTheSameBits() throws Exception {
    String[] train = {
      "train",
      "run.yaml",
      "train.workers=1",
      "train.strategy=average",
      "train.steps=500",
      "train.checkpointSteps=50"
    };
    linkTokens("whole");
    linkTokens("killed");
    assertThat(run(with(train, "output=" + at("whole"))).exitCode()).isZero();

    Process process = sparkgpt(with(train, "output=" + at("killed"))).start();
    try (BufferedReader err = process.errorReader()) {
      String line = err.readLine();
      while (line != null && !line.contains("step=100/")) {
        line = err.readLine();
      }
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    assertThat(folder.resolve("killed/checkpoints/_stage.json")).doesNotExist();

    Result resumed = run(with(train, "output=" + at("killed")));
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(resumed.err()).contains("resum");
    assertThat(parameters("killed")).isEqualTo(parameters("whole"));
  }

  @Test
  void averagingIsComparedAndFinishedTrialsAreNotRepeated() throws Exception {
    linkTokens("compared");
    String[] few = {
      "bench",
      "averaging",
      "run.yaml",
      "--workers",
      "2",
      "--local-steps",
      "5",
      "--seeds",
      "1",
      "train.steps=10",
      "output=" + at("compared"),
      "--strategies",
      "sync"
    };
    String[] more = few.clone();
    more[more.length - 1] = "sync,diloco";

    Result first = run(few);
    Result second = run(with(with(more, "--deltas"), "int8"));

    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(second.exitCode()).as(second.err()).isZero();
    String sync = first.out().lines().findFirst().orElseThrow();
    assertThat(second.out()).startsWith(sync + "\n{");
    assertThat(second.err()).contains("diloco, 2 worker(s)").doesNotContain("sync, 2 worker(s)");
    assertThat(second.out()).contains("| H = 1 | H = 5 |", "| sync | fp32 | 2 | ");
    List<String> lines =
        Files.readAllLines(folder.resolve("compared/bench-averaging/results.jsonl"));
    assertThat(lines).hasSize(2).startsWith(sync);
    JsonNode diloco = JSON.readTree(lines.get(1));
    assertThat(diloco.get("deltas").textValue()).isEqualTo("int8");
    assertThat(diloco.get("tokens")).isEqualTo(JSON.readTree(sync).get("tokens"));
    assertThat(diloco.get("loss").asDouble()).isBetween(3.0, Math.log(600) + 0.1);
    assertThat(
            diloco.get("bytesPerRound").asDouble()
                / JSON.readTree(sync).get("bytesPerRound").asDouble())
        .as("4 bytes down and 1 + 1/64 up, instead of 4 and 4")
        .isCloseTo((4 + 1 + 1.0 / 64) / 8, within(0.001));
  }

  private static String[] with(String[] arguments, String last) {
    return Stream.concat(Stream.of(arguments), Stream.of(last)).toArray(String[]::new);
  }

  /** Another run over the tokens of the first one. */
  private void linkTokens(String run) throws IOException {
    Files.createDirectories(folder.resolve(run));
    Files.createSymbolicLink(folder.resolve(run + "/tokens"), folder.resolve("run/tokens"));
    Files.createSymbolicLink(folder.resolve(run + "/tokenizer"), folder.resolve("run/tokenizer"));
  }

  private float[] parameters(String run) throws IOException {
    FileSystem fs = FileSystem.getLocal(new Configuration());
    return new Checkpoints(
            fs, new org.apache.hadoop.fs.Path(folder.resolve(run + "/checkpoints").toUri()))
        .newestComplete()
        .orElseThrow()
        .readParameters()
        .toArray();
  }
}
