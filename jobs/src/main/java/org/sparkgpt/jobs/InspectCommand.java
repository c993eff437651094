package org.sparkgpt.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.checkpoint.CheckpointManifest;
import org.sparkgpt.files.HuggingFaceModel;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.ParameterLayout;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.stage.StageRunner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a directory holds. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Says what a directory holds: a run, a stage's output, a checkpoint or an exported model.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  scripts/sparkgpt inspect runs/demo",
      "  scripts/sparkgpt inspect runs/demo/checkpoints/step-000001000"
    })
final class InspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "A local or Hadoop path.")
  private Path directory;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    FileSystem fs = directory.getFileSystem(Sessions.hadoopConfiguration());
    if (!fs.exists(directory)) {
      throw new IllegalArgumentException(directory + ": no such directory");
    }
    if (fs.exists(new Path(directory, CheckpointManifest.NAME))) {
      checkpoint(Checkpoint.open(fs, directory), out);
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
    return 0;
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

  private static void checkpoint(Checkpoint checkpoint, PrintWriter out) throws IOException {
    CheckpointManifest manifest = checkpoint.manifest();
    out.printf(Locale.ROOT, "step          %,d%n", checkpoint.step());
    out.printf(
        Locale.ROOT,
        "size          %,d bytes in %d files%n",
        manifest.bytes(),
        manifest.files().size());
    model(checkpoint.model(), out);
  }

  private static void model(GptConfig config, PrintWriter out) {
    out.printf(Locale.ROOT, "parameters    %,d%n", ParameterLayout.of(config).length());
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
