package org.sparkgpt.jobs;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageRunner;

/**
 * What came of the stages, as a table for people: rows in, kept, dropped by reason, figures, time,
 * and the core-seconds of Spark's tasks.
 */
record RunReport(List<StageManifest> stages, List<Boolean> skipped, String lossCurve) {

  static RunReport of(StageRunner.Result result) {
    return of(List.of(result), "");
  }

  static RunReport of(List<StageRunner.Result> results, String lossCurve) {
    return new RunReport(
        results.stream().map(StageRunner.Result::manifest).toList(),
        results.stream().map(StageRunner.Result::skipped).toList(),
        lossCurve);
  }

  void print(PrintWriter out) {
    out.println();
    out.printf(
        Locale.ROOT,
        "%-16s %10s %10s %10s %9s %9s%n",
        "stage",
        "in",
        "kept",
        "dropped",
        "seconds",
        "core s");
    for (int i = 0; i < stages.size(); i++) {
      print(out, stages.get(i), skipped.get(i));
    }
    if (!lossCurve.isEmpty()) {
      out.println();
      out.println(lossCurve);
    }
    out.flush();
  }

  private static void print(PrintWriter out, StageManifest stage, boolean skipped) {
    boolean rows = stage.rowsIn() > 0;
    out.printf(
        Locale.ROOT,
        "%-16s %10s %10s %10s %9.1f %9s  %s%n",
        stage.stage(),
        rows ? grouped(stage.rowsIn()) : "",
        rows ? grouped(stage.rowsOut()) : "",
        rows ? grouped(stage.rowsIn() - stage.rowsOut()) : "",
        stage.seconds(),
        stage.coreSeconds() == null ? "" : String.format(Locale.ROOT, "%,.1f", stage.coreSeconds()),
        skipped ? "up to date since " + stage.started() : "");
    for (String line : details(stage)) {
      out.println("    " + line);
    }
  }

  private static List<String> details(StageManifest stage) {
    List<String> lines = new ArrayList<>();
    stage.dropped().entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .forEach(
            d -> lines.add(String.format("%12s  %s", "-" + grouped(d.getValue()), d.getKey())));
    if (!stage.figures().isEmpty()) {
      lines.add(
          stage.figures().entrySet().stream()
              .map(f -> f.getKey() + " " + show(f.getValue()))
              .collect(Collectors.joining(", ")));
    }
    return lines;
  }

  private static String show(Object value) {
    if (value instanceof Integer || value instanceof Long) {
      return grouped(((Number) value).longValue());
    }
    return value instanceof Double number ? String.format(Locale.ROOT, "%.4g", number) : "" + value;
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
