package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.checkpoint.Checkpoints;
import org.sparkgpt.stage.StageName;

/**
 * The cluster of {@code scripts/cluster.sh} and on it the packaged {@code scripts/sparkgpt}: HDFS,
 * a Spark master and two workers in processes of their own, killed as machines are.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final JsonMapper JSON = new JsonMapper();
  private static final int PORTS = 16; // as cluster.sh says

  @TempDir private static Path folder;
  private int port;
  private FileSystem hdfs;
  private Result pipeline;

  private record Result(int exitCode, String out, String err) {}

  @BeforeAll
  void startAndTrain() throws Exception {
    port = freePorts();
    Result started = run("cluster.sh", "start");
    assertThat(started.exitCode()).as(started.err()).isZero();
    hdfs = FileSystem.get(URI.create(uri("/")), new Configuration());
    Path corpus = Path.of("src/test/resources/corpus").toAbsolutePath();
    Path quotations = folder.resolve("quotations.txt");
    Files.writeString(
        quotations, "Let us kill him, and we'll have corn at our own price. Is't a verdict?");
    Files.writeString(
        folder.resolve("run.yaml"),
        """
        output: %s
        stages: [ingest, clean, quality, dedup, passages, decontaminate, redact, train-tokenizer, tokenize,
                 train, evaluate, export]
        ingest: {inputs: [%s]}
        quality: {positives: ["*1", "*2", "*3"], select: none}
        decontaminate: {sets: {quotations: "%s"}}
        clean: {rules: [gopher@datatrove]}
        tokenizer: {kind: bpe, vocabulary: 600}
        tokenize: {valFraction: 0.1, shardTokens: 10000}
        model: {vocabulary: 600, context: 32, layers: 2, heads: 2, embd: 32}
        optimizer: {learningRate: 1.0e-2, minLearningRate: 1.0e-3, warmupSteps: 10}
        train:
          {workers: 2, strategy: diloco, steps: 150, localSteps: 10, batchSize: 8, microBatch: 4,
           checkpointSteps: 50, logSteps: 10}
        """
            .formatted(uri("/run"), corpus, quotations));
    pipeline = run("sparkgpt", "pipeline", "run.yaml");
    assertThat(pipeline.exitCode()).as(pipeline.err()).isZero();
  }

  @AfterAll
  void stop() throws Exception {
    Result stopped = run("cluster.sh", "stop");
    assertThat(stopped.exitCode()).as(stopped.err()).isZero();
    assertThat(run("cluster.sh", "status").out()).doesNotContain(" up");
    assertThat(ProcessHandle.allProcesses().map(p -> p.info().commandLine().orElse("")))
        .noneMatch(command -> command.contains(folder.toString()));
  }

  @Test
  @Order(1)
  void bothExecutorsTrainAndTheHistoryServerShowsTheRun() throws Exception {
    assertThat(pipeline.err()).contains("sparkgpt: on the cluster of scripts/cluster.sh");
    assertThat(trainingExecutors(newestEvents())).containsExactlyInAnyOrder("0", "1");
    String applications = "http://127.0.0.1:" + (port + 6) + "/api/v1/applications";
    HttpRequest request = HttpRequest.newBuilder(URI.create(applications)).build();
    assertThat(
            HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body())
        .contains("sparkgpt run");
  }

  @Test
  @Order(2)
  void checkpointsAreOnHdfsTwice() throws Exception {
    Checkpoint newest = newest("/run");

    assertThat(newest.step()).isEqualTo(150);
    assertThat(hdfs.getFileStatus(newest.path()).isDirectory()).isTrue();
    assertThat(Stream.of(hdfs.listStatus(newest.path())))
        .isNotEmpty()
        .allMatch(file -> file.getReplication() == 2);
  }

  @Test
  @Order(3)
  void secondRunDoesNothing() throws Exception {
    Result again = run("sparkgpt", "pipeline", "run.yaml");

    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.out().lines().filter(line -> line.contains("up to date since"))).hasSize(12);
  }

  @Test
  @Order(4)
  void killedAndRepeatedWithOneTaskAtATimeTheDocumentsAreTheSame() throws Exception {
    Path local = folder.resolve("local");
    ProcessBuilder alone =
        process("sparkgpt", "pipeline", "run.yaml", "--until", "redact", "output=" + local);
    alone.environment().put("SPARKGPT_MASTER", "local[1]");
    Process killed = alone.redirectError(folder.resolve("killed.txt").toFile()).start();
    while (!hasWorkOn(local, StageName.DEDUP)) {
      assertThat(killed.isAlive()).as("dedup was not seen at work: killed.txt").isTrue();
    }
    killed.descendants().forEach(ProcessHandle::destroyForcibly);
    killed.destroyForcibly().waitFor();

    Result repeated = run(alone);

    assertThat(repeated.exitCode()).as(repeated.err()).isZero();
    try (SparkSession spark = Sessions.open("compare", List.of())) {
      for (StageName stage : StageName.values()) {
        if (stage.writesDocuments()) {
          var alones = stage.directory(new org.apache.hadoop.fs.Path(local.toUri()));
          assertThat(rows(spark, stage.directory(path("/run"))))
              .as(stage.command())
              .isNotEmpty()
              .isEqualTo(rows(spark, alones));
        }
      }
    }
  }

  private static boolean hasWorkOn(Path run, StageName stage) throws IOException {
    if (!Files.exists(run)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(run)) {
      return entries.anyMatch(e -> e.getFileName().toString().startsWith(stage + ".tmp-"));
    }
  }

  /** Kept and rejected documents with all their columns, sorted. */
  private static List<String> rows(SparkSession spark, org.apache.hadoop.fs.Path directory) {
    return spark.read().parquet(directory.toString()).toJSON().collectAsList().stream()
        .sorted()
        .toList();
  }

  @Test
  @Order(5)
  void executorKilledInTrainingCostsNoBit() throws Exception {
    copyTokens("/killed");
    Process process = process("sparkgpt", "train", "run.yaml", "output=" + uri("/killed")).start();
    StringBuilder log = new StringBuilder();
    try (BufferedReader err = process.errorReader()) {
      for (String line = err.readLine(); line != null; line = err.readLine()) {
        log.append(line).append('\n');
        if (line.contains("step=50/")) {
          Result killed = run("cluster.sh", "kill", "executor-1");
          assertThat(killed.exitCode()).as(killed.err()).isZero();
        }
      }
    }

    assertThat(process.waitFor()).as(log.toString()).isZero();
    assertThat(newestEvents())
        .filteredOn(event -> event.path("Event").asText().endsWith("ExecutorRemoved"))
        .as("executors lost while the run went on")
        .isNotEmpty();
    assertThat(newest("/killed").readParameters().toArray())
        .isEqualTo(newest("/run").readParameters().toArray());
  }

  @Test
  @Order(6)
  void driverKilledInTheMiddleOfACheckpointIsResumedToTheSameBits() throws Exception {
    copyTokens("/resumed");
    Path log = folder.resolve("resumed.txt");
    String output = "output=" + uri("/resumed");
    Process process =
        process("sparkgpt", "train", "run.yaml", output)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    while (!halfWritten("/resumed")) {
      assertThat(process.isAlive()).as("no checkpoint was seen half written: %s", log).isTrue();
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
    assertThat(halfWritten("/resumed")).as("the checkpoint that was cut off").isTrue();

    Result resumed = run("sparkgpt", "train", "run.yaml", output);

    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(halfWritten("/resumed")).isFalse();
    assertThat(newest("/resumed").readParameters().toArray())
        .isEqualTo(newest("/run").readParameters().toArray());
  }

  @Test
  @Order(7)
  void startRepairsWhatWasKilled() throws Exception {
    for (String role : List.of("datanode-1", "worker-2")) {
      assertThat(run("cluster.sh", "kill", role).exitCode()).isZero();
    }
    Result broken = run("cluster.sh", "status");
    assertThat(broken.exitCode()).isEqualTo(1);
    assertThat(broken.out().lines().filter(line -> line.endsWith(" down"))).hasSize(2);

    Result repaired = run("cluster.sh", "start");

    assertThat(repaired.exitCode()).as(repaired.err()).isZero();
    assertThat(repaired.out().lines().filter(line -> line.endsWith(" up"))).hasSize(7);
    assertThat(run("cluster.sh", "kill", "executor").err()).contains("no executor runs");
  }

  /** Another run over the tokens of the first one. */
  private void copyTokens(String run) throws IOException {
    for (String stage : List.of("tokens", "tokenizer")) {
      FileUtil.copy(
          hdfs, path("/run/" + stage), hdfs, path(run + "/" + stage), false, hdfs.getConf());
    }
  }

  /** Whether there is a checkpoint without its final name. */
  private boolean halfWritten(String run) throws IOException {
    FileStatus[] unfinished = hdfs.globStatus(path(run + "/checkpoints/step-*.tmp-*"));
    return unfinished != null && unfinished.length > 0;
  }

  /** A script as a user types it, from a folder of its own. */
  private ProcessBuilder process(String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of("bash", ROOT + "/scripts/" + script));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    environment.remove("SPARK_HOME");
    environment.remove("SPARKGPT_MASTER");
    environment.put("SPARKGPT_CLUSTER", folder.resolve("cluster").toString());
    environment.put("SPARKGPT_CLUSTER_PORT", String.valueOf(port));
    environment.put("SPARKGPT_CLUSTER_CORES", "1");
    environment.put("SPARKGPT_MEMORY", "512m");
    return builder;
  }

  private Result run(String script, String... arguments) throws IOException, InterruptedException {
    return run(process(script, arguments));
  }

  private static Result run(ProcessBuilder builder) throws IOException, InterruptedException {
    Path err = Files.createTempFile(folder, "err", ".txt");
    Process process = builder.redirectError(err.toFile()).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out, Files.readString(err));
  }

  /** The first of a run of ports that nobody listens on, below those the system hands out. */
  static int freePorts() {
    return IntStream.iterate(24000, first -> first < 30000, first -> first + PORTS)
        .filter(first -> IntStream.range(first, first + PORTS).allMatch(ClusterIT::isFree))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private String uri(String path) {
    return "hdfs://127.0.0.1:" + port + path;
  }

  private org.apache.hadoop.fs.Path path(String path) {
    return new org.apache.hadoop.fs.Path(uri(path));
  }

  private Checkpoint newest(String run) throws IOException {
    return new Checkpoints(hdfs, path(run + "/checkpoints")).newestComplete().orElseThrow();
  }

  /** What Spark recorded of the latest application. */
  private static List<JsonNode> newestEvents() throws IOException {
    Path log;
    try (Stream<Path> logs = Files.list(folder.resolve("cluster/events"))) {
      log = logs.max(Comparator.comparing(Path::getFileName)).orElseThrow(); // by time of start
    }
    List<JsonNode> events = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      events.add(JSON.readTree(line));
    }
    return events;
  }

  /** Executors that ran tasks of jobs in the training's group. */
  private static Set<String> trainingExecutors(List<JsonNode> events) {
    Set<Integer> stages =
        events.stream()
            .filter(event -> event.path("Event").asText().equals("SparkListenerJobStart"))
            .filter(
                event ->
                    event.path("Properties").path("spark.jobGroup.id").asText().equals("train"))
            .flatMap(event -> StreamSupport.stream(event.path("Stage IDs").spliterator(), false))
            .map(JsonNode::asInt)
            .collect(Collectors.toSet());
    return events.stream()
        .filter(event -> event.path("Event").asText().equals("SparkListenerTaskEnd"))
        .filter(event -> stages.contains(event.path("Stage ID").asInt()))
        .map(event -> event.path("Task Info").path("Executor ID").asText())
        .collect(Collectors.toSet());
  }
}
