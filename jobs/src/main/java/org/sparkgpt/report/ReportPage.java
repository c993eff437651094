package org.sparkgpt.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.report.RunHistory.WorkerHistory;
import org.sparkgpt.train.RoundReport;

/**
 * The page about a training.
 *
 * @param directory that it is about
 * @param settings by key
 * @param checkpoints that are there, oldest first
 */
record ReportPage(
    String directory,
    RunHistory history,
    Map<String, String> settings,
    List<Checkpoint> checkpoints) {
  String html() {
    StringBuilder page = new StringBuilder();
    page.append("<h1>").append(Text.escape(directory));
    page.append("</h1>\n<p>").append(Text.escape(summary())).append("</p>\n");
    page.append("<div class=\"charts\">\n");
    history.charts().forEach(chart -> page.append(chart.svg()));
    page.append("</div>\n");
    workers(page);
    checkpoints(page);
    settings(page);
    return Page.of(directory, page.toString());
  }

  private String summary() {
    RoundReport last = history.last();
    if (last == null) {
      return "No round has ended yet.";
    }
    String rounds =
        String.format(
            Locale.ROOT,
            "Step %,d of %,d, %,d tokens in %,d rounds and %,.0f s; last loss %.4f.",
            last.step(),
            last.steps(),
            last.tokens(),
            history.rounds(),
            history.seconds(),
            last.loss());
    double outside = 100 * history.outsideSeconds() / history.seconds();
    return Double.isFinite(outside)
        ? rounds + String.format(Locale.ROOT, " %.1f %% of the time outside training.", outside)
        : rounds;
  }

  private void workers(StringBuilder page) {
    Table table =
        new Table(
            "Workers",
            "last on",
            "worker",
            "rounds",
            "tokens",
            "bytes",
            "mean seconds",
            "longest seconds",
            "rounds as the slowest");
    for (WorkerHistory worker : history.workers()) {
      table.row(
          worker.place(),
          worker.worker(),
          worker.rounds(),
          worker.tokens(),
          worker.bytes(),
          worker.meanSeconds(),
          worker.longestSeconds(),
          worker.slowest());
    }
    page.append(table.html());
  }

  private void checkpoints(StringBuilder page) {
    Table table = new Table("Checkpoints", "name", "step", "tokens", "bytes", "files");
    for (Checkpoint checkpoint : checkpoints) {
      table.row(
          checkpoint.path().getName(),
          checkpoint.step(),
          checkpoint.manifest().tokens(),
          checkpoint.manifest().bytes(),
          checkpoint.manifest().files().size());
    }
    page.append(table.html());
  }

  private void settings(StringBuilder page) {
    Table table = new Table("Settings", "key", "value");
    settings.forEach(table::row);
    page.append(table.html());
  }
}
