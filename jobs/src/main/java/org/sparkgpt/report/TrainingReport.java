package org.sparkgpt.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.checkpoint.CheckpointException;
import org.sparkgpt.checkpoint.Checkpoints;
import org.sparkgpt.train.MetricsFile;
import org.sparkgpt.train.RoundListener;
import org.sparkgpt.train.TrainingStart;

/**
 * {@code report.html} beside the checkpoints: a run's curves, workers, checkpoints and settings on
 * one page that needs nothing else. Written when a run ends, done or failed; {@link #write} makes
 * it again from the directory's files at any time.
 */
public final class TrainingReport implements RoundListener {
  public static final String FILE = "report.html";

  private static final Logger LOG = LoggerFactory.getLogger(TrainingReport.class);

  private TrainingStart start;

  @Override
  public void trainingStarted(TrainingStart started) {
    start = started;
    try {
      RunSettings.write(start);
    } catch (IOException e) {
      throw new UncheckedIOException(start.directory() + ": " + RunSettings.FILE, e);
    }
  }

  @Override
  public void trainingEnded() {
    write(start.fs(), start.directory());
  }

  /**
   * Writes the page about a training directory.
   *
   * @return the page
   */
  public static Path write(FileSystem checkpoints, Path directory) {
    FileSystem fs = TrainingStart.forGrowingFiles(checkpoints);
    Path page = new Path(directory, FILE);
    try {
      RunHistory history = new RunHistory();
      MetricsFile.read(fs, directory, history::add);
      String html =
          new ReportPage(
                  fs.makeQualified(directory).toString(),
                  history,
                  RunSettings.read(fs, directory),
                  checkpoints(fs, directory))
              .html();
      Page.write(fs, page, html);
      return page;
    } catch (IOException e) {
      throw new UncheckedIOException(page + ": the report cannot be written", e);
    }
  }

  /** Whether a run has been started in a directory. */
  public static boolean isTraining(FileSystem fs, Path directory) throws IOException {
    return fs.exists(new Path(directory, RunSettings.FILE));
  }

  /** Those that can be opened: a damaged one is no reason to go without a report. */
  private static List<Checkpoint> checkpoints(FileSystem fs, Path directory) {
    List<Checkpoint> opened = new ArrayList<>();
    for (Path path : new Checkpoints(fs, directory).complete()) {
      try {
        opened.add(Checkpoint.open(fs, path));
      } catch (CheckpointException e) {
        LOG.warn("left out of {}: {}", FILE, e.getMessage());
      }
    }
    return opened;
  }
}
