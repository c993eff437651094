package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.report.TensorBoardEvents;
import org.sparkgpt.report.TrainingPlugin;
import org.sparkgpt.report.TrainingReport;
import org.sparkgpt.report.TrainingStatus;

/** A training of two workers as Spark's UI, its metrics and the files beside it show it. */
class OperatorViewTest {
  private static final String METRIC = "plugin_" + TrainingPlugin.class.getName().replace('.', '_');

  @TempDir private static java.nio.file.Path folder;
  private static final List<RoundReport> ROUNDS = new ArrayList<>();
  private static JavaSparkContext spark;

  @BeforeAll
  static void train() {
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("operator-view")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.ui.enabled", "true")
                .set("spark.ui.port", "0")
                .set("spark.metrics.namespace", "sparkgpt")
                .set(
                    "spark.metrics.conf.*.sink.prometheusServlet.class",
                    "org.apache.spark.metrics.sink.PrometheusServlet")
                .set("spark.metrics.conf.*.sink.prometheusServlet.path", "/metrics/prometheus")
                .set("spark.plugins", TrainingPlugin.class.getName()));
    TrainConfig config =
        TinyRun.withCheckpoints(TinyRun.config(Strategy.DILOCO, 2, 12, 2), 4, 3, null);
    RoundListener collect =
        new RoundListener() {
          @Override
          public void roundEnded(RoundReport round) {
            ROUNDS.add(round);
          }
        };
    TinyRun.train(
        spark,
        config,
        TinyRun.DATA,
        new Path(folder.toUri()),
        RoundListener.all(
            collect, new TensorBoardEvents(), new TrainingStatus(), new TrainingReport()));
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  @Test
  void prometheusSeesTheTraining() throws Exception {
    RoundReport last = ROUNDS.get(ROUNDS.size() - 1);

    String metrics = get("/metrics/prometheus");

    assertThat(value(metrics, "step")).isEqualTo(12);
    assertThat(value(metrics, "tokens")).isEqualTo(12 * 8 * 8);
    assertThat(value(metrics, "loss")).isEqualTo(last.loss());
    assertThat(value(metrics, "learningRate")).isEqualTo(last.learningRate());
    assertThat(value(metrics, "tokensPerSecond")).isEqualTo(last.tokensPerSecond());
    assertThat(value(metrics, "roundBytes")).isEqualTo(last.bytes());
    assertThat(value(metrics, "checkpointStep")).isEqualTo(12);
    assertThat(value(metrics, "checkpointAgeSeconds")).isBetween(0.0, 600.0);
    double seconds =
        ROUNDS.stream()
            .flatMap(round -> round.workers().stream())
            .mapToDouble(RoundReport.Worker::seconds)
            .sum();
    assertThat(value(metrics, "executorTokens")).isGreaterThanOrEqualTo(12 * 8 * 8);
    assertThat(value(metrics, "executorTrainingSeconds"))
        .isGreaterThanOrEqualTo(seconds * (1 - 1e-9));
    assertThat(value(metrics, "executor_driver_tokens"))
        .as("as the executor told the driver")
        .isEqualTo(value(metrics, "executorTokens"));
    assertThat(value(metrics, "executor_driver_trainingSeconds"))
        .isCloseTo(value(metrics, "executorTrainingSeconds"), within(1e-9));
    assertThat(value(metrics, "executor_driver_nativeBytes"))
        .as("at least parameters, gradients and two moments, while the networks were there")
        .isGreaterThan(4 * 4 * 2160);
  }

  @Test
  void everyJobAndStageSaysWhatItDoes() throws Exception {
    String application = "/api/v1/applications/" + spark.sc().applicationId();
    var json = new com.fasterxml.jackson.databind.ObjectMapper();
    List<String> jobs = new ArrayList<>();
    for (var job : json.readTree(get(application + "/jobs"))) {
      jobs.add(job.path("jobGroup").asText() + ": " + job.path("description").asText());
    }
    List<String> stages = json.readTree(get(application + "/stages")).findValuesAsText("name");

    assertThat(jobs)
        .contains("train: train steps 0 to 2 of 12", "train: write checkpoint of step 4")
        .allMatch(job -> job.matches("train: (train steps|write checkpoint) .*"));
    assertThat(stages)
        .contains(
            "initialise the parameters",
            "send the parameters after step 2",
            "workers of steps 2 to 4",
            "parameters after step 4",
            "write checkpoint of step 4",
            "read back step-000000004")
        .noneMatch(stage -> stage.contains(".java"));
  }

  @Test
  void roundsSayWhereTheirWorkersRan() throws Exception {
    assertThat(ROUNDS).hasSize(6);
    assertThat(ROUNDS.get(5).workers())
        .extracting(RoundReport.Worker::worker, RoundReport.Worker::executor)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0, "driver"),
            org.assertj.core.groups.Tuple.tuple(1, "driver"));
    List<RoundReport> stored = new ArrayList<>();
    Path directory = new Path(folder.toUri());
    MetricsFile.read(directory.getFileSystem(spark.hadoopConfiguration()), directory, stored::add);
    assertThat(stored).isEqualTo(ROUNDS);
  }

  @Test
  void theReportLiesBesideTheCheckpoints() throws Exception {
    String page = Files.readString(folder.resolve(TrainingReport.FILE));

    assertThat(page)
        .contains("Step 12 of 12", "step-000000012", "train.localSteps", "model.layers");
    try (Stream<java.nio.file.Path> events =
        Files.list(folder.resolve(TensorBoardEvents.DIRECTORY))) {
      assertThat(events).hasSize(1);
    }
  }

  private static double value(String metrics, String name) {
    Matcher line =
        Pattern.compile("^\\S*_" + METRIC + "_" + name + "_Value\\S* (\\S+)$", Pattern.MULTILINE)
            .matcher(metrics);
    assertThat(line.find()).as(name + " in\n" + metrics).isTrue();
    return Double.parseDouble(line.group(1));
  }

  private static String get(String path) throws Exception {
    URI uri = URI.create(spark.sc().uiWebUrl().get() + path);
    HttpResponse<String> response =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build()
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(path).isEqualTo(200);
    return response.body();
  }
}
