package org.sparkgpt.jobs;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.card.DataCard;
import org.sparkgpt.report.TrainingReport;
import org.sparkgpt.stage.StageName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells what a run's corpus is, and draws the curves of its training. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Writes a run's data card, data-card.html and data-card.md: what the corpus is, what was"
          + " dropped and why, languages, lengths, domains, duplicates, licences, robots"
          + " decisions, contamination, machine and core-hours, as far as the run has got;",
      "and report.html beside a training's checkpoints: curves, workers, settings; also while it"
          + " is still going.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  scripts/sparkgpt report conf/demo.yaml",
      "  scripts/sparkgpt report runs/demo",
      "  scripts/sparkgpt report runs/demo/checkpoints"
    })
final class ReportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "run.yaml|DIR",
      description = "A run file, a run's directory or that of its checkpoints.")
  private Path target;

  @Spec private CommandSpec spec;

  private SparkSession session;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Path given = RunOptions.directory(target);
    FileSystem output = given.getFileSystem(Sessions.hadoopConfiguration());
    List<Path> written = new ArrayList<>();
    try {
      written.addAll(DataCard.write(output, given, this::spark));
    } finally {
      if (session != null) {
        session.stop();
      }
    }
    Path ofRun = StageName.TRAIN.directory(given);
    Path training = output.exists(ofRun) ? ofRun : given;
    if (TrainingReport.isTraining(output, training)) {
      written.add(TrainingReport.write(output, training));
    }
    if (written.isEmpty()) {
      throw new IllegalArgumentException(
          given
              + ": neither a run's documents nor a training here; make some first:"
              + " scripts/sparkgpt pipeline <run.yaml>");
    }
    written.forEach(out::println);
    out.flush();
    return 0;
  }

  private SparkSession spark() {
    session = Sessions.open("sparkgpt report", List.of());
    // Spark's own reader holds thousands of texts at a time, which may be books; Parquet's one.
    session.conf().set("spark.sql.parquet.enableVectorizedReader", "false");
    return session;
  }
}
