package org.sparkgpt.jobs;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.checkpoint.CheckpointManifest;
import org.sparkgpt.checkpoint.Checkpoints;
import org.sparkgpt.files.HuggingFaceModel;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.ParameterLayout;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.stage.StageRunner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a directory holds. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Says what a directory holds: a run, a stage's output, checkpoints, one of them or an"
          + " exported model;",
      "with --document what each step of a run did to one document.",
      "Exit code 1 if a checkpoint is damaged: it says which file and what to do.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  scripts/sparkgpt inspect runs/demo",
      "  scripts/sparkgpt inspect runs/demo --document https://example.org/page.html",
      "  scripts/sparkgpt inspect runs/demo/checkpoints",
      "  scripts/sparkgpt inspect runs/demo/checkpoints/step-000001000 --verify"
    })
final class InspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "A local or Hadoop path.")
  private Path directory;

  @Option(
      names = "--verify",
      description = "Read every file of the checkpoints and compare sizes and checksums.")
  private boolean verify;

  @Option(
      names = "--document",
      paramLabel = "ID_OR_URL",
      description = "A document of the run: its id, its address or its source.")
  private String document;

  @Option(names = "--full", description = "Show the document's texts as a whole.")
  private boolean full;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    FileSystem fs = directory.getFileSystem(Sessions.hadoopConfiguration());
    if (!fs.exists(directory)) {
      throw new IllegalArgumentException(directory + ": no such directory");
    }
    if (document != null) {
      try (SparkSession spark = Sessions.open("sparkgpt inspect", List.of())) {
        new DocumentHistory(spark, fs, directory, full, out).print(document);
      }
      return 0;
    }
    if (full) {
      throw new IllegalArgumentException("--full shows more of a --document; name one");
    }
    Checkpoints checkpoints = new Checkpoints(fs, directory);
    CheckpointReport report = new CheckpointReport(fs, verify, out);
    boolean whole = true;
    if (fs.exists(new Path(directory, CheckpointManifest.NAME))) {
      Checkpoint checkpoint = Checkpoint.open(fs, directory);
      shape(checkpoint.model(), out);
      whole = report.print(checkpoint);
    } else if (!checkpoints.complete().isEmpty() || !checkpoints.unfinished().isEmpty()) {
      whole = report.print(checkpoints);
    } else if (verify) {
      throw new IllegalArgumentException(
          directory + ": --verify is for checkpoints, here are none");
    } else if (fs.exists(new Path(directory, HuggingFaceModel.CONFIG))) {
      TrainedModel model = TrainedModel.ofDirectory(directory);
      model(model.config(), out);
      out.printf(Locale.ROOT, "tokenizer     %,d tokens%n", model.tokenizer().vocabularySize());
    } else {
      List<StageRunner.Result> stages = stages(fs);
      if (stages.isEmpty()) {
        throw new IllegalArgumentException(
            directory
                + ": nothing sparkgpt wrote; expected a run, a stage, a checkpoint or a model");
      }
      RunReport.of(stages, "").print(out);
    }
    out.flush();
    return whole ? 0 : SparkGpt.FAILURE;
  }

  /** The finished stage that this directory is, or those of the run that it is. */
  private List<StageRunner.Result> stages(FileSystem fs) {
    List<StageRunner.Result> found = new ArrayList<>();
    StageManifest.find(fs, directory).ifPresent(m -> found.add(new StageRunner.Result(m, false)));
    for (StageName stage : StageName.values()) {
      StageManifest.find(fs, stage.directory(directory))
          .ifPresent(m -> found.add(new StageRunner.Result(m, false)));
    }
    return found;
  }

  private static void model(GptConfig config, PrintWriter out) {
    out.printf(Locale.ROOT, "parameters    %,d%n", ParameterLayout.of(config).length());
    shape(config, out);
  }

  private static void shape(GptConfig config, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "shape         %d layers, %d heads, width %d, context %d, vocabulary %,d%n",
        config.layers(),
        config.heads(),
        config.embd(),
        config.context(),
        config.vocabulary());
    out.printf(
        Locale.ROOT,
        "details       %s, %s biases, dropout %s%n",
        config.activation().huggingFaceName(),
        config.bias() ? "with" : "no",
        config.dropout());
  }
}
