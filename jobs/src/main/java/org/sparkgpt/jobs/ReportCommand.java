package org.sparkgpt.jobs;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.report.TrainingReport;
import org.sparkgpt.stage.StageName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws the curves of a training that is going on, has ended or was interrupted. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Writes report.html beside a training's checkpoints: curves, workers, settings; also while it"
          + " is still going.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  scripts/sparkgpt report conf/demo.yaml",
      "  scripts/sparkgpt report runs/demo/checkpoints"
    })
final class ReportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "run.yaml|DIR",
      description = "A run file, a run's directory or that of its checkpoints.")
  private Path target;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    FileSystem fs = target.getFileSystem(Sessions.hadoopConfiguration());
    boolean isDirectory = fs.exists(target) && fs.getFileStatus(target).isDirectory();
    Path given =
        isDirectory ? target : new Path(RunOptions.read(target.toString()).config().output());
    FileSystem output = given.getFileSystem(Sessions.hadoopConfiguration());
    Path ofRun = StageName.TRAIN.directory(given);
    Path training = output.exists(ofRun) ? ofRun : given;
    if (!TrainingReport.isTraining(output, training)) {
      throw new IllegalArgumentException(
          training + ": no training here; run it first: scripts/sparkgpt train <run.yaml>");
    }
    out.println(TrainingReport.write(output, training));
    out.flush();
    return 0;
  }
}
