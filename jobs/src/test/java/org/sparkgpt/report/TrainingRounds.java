package org.sparkgpt.report;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.train.RoundReport;
import org.sparkgpt.train.TrainingStart;

/** Rounds that nobody trained. */
final class TrainingRounds {
  private TrainingRounds() {}

  static RoundReport round(int step, double loss, RoundReport.Worker... workers) {
    return new RoundReport(
        step,
        10_000,
        512L * step,
        loss,
        1e-3,
        0.25,
        Double.NaN,
        8000,
        1 << 20,
        2.5,
        2.0,
        1.5,
        1_700_000_000_000L + 2500L * step,
        List.of(workers));
  }

  /** A run in {@code directory} that begins at {@code step}. */
  static TrainingStart start(Path directory, int step) {
    try {
      FileSystem fs = directory.getFileSystem(new Configuration());
      return new TrainingStart(
          TrainingStart.forGrowingFiles(fs),
          directory,
          "app-1",
          step,
          2600,
          1,
          7,
          "digest",
          new GptConfig(13, 8, 1, 2, 12, 0, true, Gelu.TANH, null, DtypeChoice.F32),
          new AdamWConfig(1e-2, 1e-3, 4, 0.9, 0.99, 1e-8, 0.1, 1.0),
          null);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
