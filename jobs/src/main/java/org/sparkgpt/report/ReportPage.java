package org.sparkgpt.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.report.RunHistory.WorkerHistory;
import org.sparkgpt.train.RoundReport;

/**
 * The page: HTML that is XML as well, styles and drawings inside, no script.
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
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --back: #fff; --text: #1c1e21; --soft: #5b6168;
        --rule: #d9dce0; --line0: #1f6feb; --line1: #c2570c; --line2: #57803a }
      @media (prefers-color-scheme: dark) { :root { --back: #15181c; --text: #e4e7ea;
        --soft: #9aa3ad; --rule: #333a42; --line0: #6cb0ff; --line1: #ffa25c; --line2: #9ccc77 } }
      body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; background: var(--back);
        color: var(--text); font: 15px/1.45 system-ui, sans-serif }
      h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere }
      h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
      p { color: var(--soft); margin: .3rem 0 }
      .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: 1rem;
        margin-top: 1.5rem }
      svg { width: 100%; height: auto; font: 11px system-ui, sans-serif }
      svg text { fill: var(--soft) }
      svg text.name { fill: var(--text); font-size: 13px; font-weight: 600 }
      text.x, text.empty { text-anchor: middle }
      text.y { text-anchor: end }
      path { fill: none }
      .grid { stroke: var(--rule); stroke-width: .6 }
      .axis { stroke: var(--soft) }
      path.line0, path.line1, path.line2 { stroke-width: 1.6; stroke-linejoin: round }
      path.line0 { stroke: var(--line0) } circle.line0 { fill: var(--line0) }
      path.line1 { stroke: var(--line1) } circle.line1 { fill: var(--line1) }
      path.line2 { stroke: var(--line2) } circle.line2 { fill: var(--line2) }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums }
      th, td { padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--rule); text-align: left;
        overflow-wrap: anywhere }
      th { font-weight: 600 }
      td.number, th.number { text-align: right }
      """;

  String html() {
    StringBuilder page = new StringBuilder();
    page.append("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n");
    page.append("<head>\n<meta charset=\"utf-8\"/>\n");
    page.append(
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>");
    page.append(Text.escape(directory)).append("</title>\n<style>\n").append(STYLE);
    page.append("</style>\n</head>\n<body>\n<h1>").append(Text.escape(directory));
    page.append("</h1>\n<p>").append(Text.escape(summary())).append("</p>\n");
    page.append("<div class=\"charts\">\n");
    history.charts().forEach(chart -> page.append(chart.svg()));
    page.append("</div>\n");
    workers(page);
    checkpoints(page);
    settings(page);
    return page.append("</body>\n</html>\n").toString();
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
