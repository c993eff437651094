package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.stage.StageRunner;
import org.sparkgpt.tokenize.TokenManifest;
import org.sparkgpt.train.Strategy;
import org.sparkgpt.train.StrategyMeasurement;
import org.sparkgpt.train.TrainingData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The same training by several strategies, and what each costs beyond the training steps. */
@Command(
    name = "strategies",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Trains a run's network by several strategies, one after the other, on the same tokens, and"
          + " compares the time outside the training steps and the bytes through the driver: results"
          + " of tasks, and broadcasts once each. Five rounds before do not count. Checkpoints are not"
          + " in it and do not stay.",
      "The run must have its tokens: pipeline --until tokenize.",
      ""
    },
    footer = {
      "",
      "Example: nanoGPT's small character model against DL4J's own master",
      "  scripts/sparkgpt pipeline conf/shakespeare-char.yaml --until tokenize"
          + " ingest.inputs=input.txt",
      "  scripts/sparkgpt bench strategies conf/shakespeare-char.yaml train.steps=500"
    })
final class StrategiesBenchmark implements Callable<Integer> {
  private static final String WARM_UP = "train.steps=5"; // rounds, until the code is compiled

  @Mixin private RunOptions options;

  @Option(names = "--workers", defaultValue = "2", description = "Default ${DEFAULT-VALUE}")
  private int workers;

  @Option(
      names = "--strategies",
      split = ",",
      defaultValue = "diloco,average,dl4j",
      description = "Of diloco, average, sync, dl4j; default ${DEFAULT-VALUE}")
  private List<Strategy> strategies;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ComputeOptions.requirePositive("--workers", workers);
    PrintWriter out = spec.commandLine().getOut();
    Optional<RunConfig> loaded = options.load(out, List.of("train.workers=" + workers));
    if (loaded.isEmpty()) {
      return 0;
    }
    RunConfig run = loaded.get();
    Path output = new Path(run.output());
    FileSystem fs = output.getFileSystem(Sessions.hadoopConfiguration());
    StageRunner.require(fs, output, StageName.TOKENIZE);
    List<StrategyMeasurement> measured = new ArrayList<>();
    try (SparkSession session = Sessions.openForTraining("sparkgpt bench strategies", strategies)) {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      TrainingData data =
          TrainingData.open(spark, StageName.TOKENIZE.directory(output), TokenManifest.TRAIN);
      Path scratch = new Path(output, "_bench-strategies");
      for (Strategy strategy : strategies) {
        measure(spark, settings(strategy, WARM_UP, "train.localSteps=1"), data, scratch);
        int steps = run.train().steps();
        StrategyMeasurement one =
            measure(spark, settings(strategy, "train.checkpointSteps=" + steps), data, scratch);
        out.println(new JsonMapper().writeValueAsString(one.fields()));
        out.flush();
        measured.add(one);
      }
    }
    out.print(table(measured));
    out.flush();
    return 0;
  }

  /** The run's settings with another strategy. */
  private RunConfig settings(Strategy strategy, String... changed) throws IOException {
    List<String> settings = new ArrayList<>(List.of(changed));
    settings.add("train.workers=" + workers);
    settings.add("train.strategy=" + strategy.yaml());
    return options.with(settings);
  }

  private static StrategyMeasurement measure(
      JavaSparkContext spark, RunConfig run, TrainingData data, Path scratch)
      throws IOException, InterruptedException {
    return StrategyMeasurement.of(
        spark, run.model(), run.optimizer(), run.train(), run.seed(), data, scratch);
  }

  /** The figures, and how many times the last strategy's each is. */
  static String table(List<StrategyMeasurement> measured) {
    StrategyMeasurement yardstick = measured.get(measured.size() - 1);
    StringBuilder table = new StringBuilder();
    String last = yardstick.strategy();
    table.append(
        String.format(
            Locale.ROOT,
            "%n%-10s %10s %10s %10s %12s %14s %12s %8s%n",
            "strategy",
            "seconds",
            "in steps",
            "outside",
            last + " is",
            "driver B/token",
            last + " is",
            "loss"));
    for (StrategyMeasurement one : measured) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-10s %10.2f %10.2f %10.2f %10.1f x %14.3f %10.1f x %8.4f%n",
              one.strategy(),
              one.seconds(),
              one.stepSeconds(),
              one.outsideSeconds(),
              yardstick.outsideSeconds() / one.outsideSeconds(),
              one.driverBytesPerToken(),
              yardstick.driverBytesPerToken() / one.driverBytesPerToken(),
              one.loss()));
    }
    return table.toString();
  }
}
