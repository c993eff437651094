package org.sparkgpt.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.tokenize.TokenManifest;
import org.sparkgpt.train.Finding;
import org.sparkgpt.train.Preflight;
import org.sparkgpt.train.TrainingData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Examines a cluster for a run without training: what {@code train} does before it begins. */
@Command(
    name = "preflight",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Looks at what training would meet on this cluster, and does nothing else: slots, Spark's"
          + " settings, executors, devices, memory, disks, room for checkpoints. A line each; exit"
          + " code 2 if something would keep the run from succeeding.",
      ""
    },
    footer = {
      "",
      "Example: does GPT-2 124M run here?",
      "  scripts/sparkgpt preflight conf/gpt2-124m.yaml train.workers=2"
    })
final class PreflightCommand implements Callable<Integer> {
  @Mixin private RunOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Optional<RunConfig> loaded = options.load(out);
    if (loaded.isEmpty()) {
      return 0;
    }
    RunConfig config = loaded.get();
    config.requireListed(StageName.TRAIN);
    List<Finding> findings = findings(config);
    findings.forEach(finding -> out.println(finding.line()));
    out.flush();
    Preflight.require(findings);
    return 0;
  }

  /** Takes no lease and writes nothing, so that it may look while a run goes on. */
  private static List<Finding> findings(RunConfig config) throws IOException {
    Path output = new Path(config.output());
    Path tokens = StageName.TOKENIZE.directory(output);
    FileSystem fs = output.getFileSystem(Sessions.hadoopConfiguration());
    try (SparkSession session =
        Sessions.openForTraining(
            "sparkgpt preflight " + output.getName(), List.of(config.train().strategy()))) {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      boolean tokenized = StageManifest.find(fs, tokens).isPresent(); // perhaps not yet
      OptionalLong totalTokens =
          tokenized
              ? OptionalLong.of(TrainingData.open(spark, tokens, TokenManifest.TRAIN).totalTokens())
              : OptionalLong.empty();
      return Preflight.examine(
          spark, config.model(), config.train(), totalTokens, StageName.TRAIN.directory(output));
    }
  }
}
