package org.sparkgpt.jobs;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How far rule profiles disagree on documents, and how fast they are.
 *
 * @param characters of all documents, UTF-16 units
 * @param profiles in the order of rows and columns
 * @param keptShare of the documents, by profile
 * @param differingShare of the documents on which two profiles' verdicts differ
 * @param documentsPerSecond on one core, by profile and by combination of profiles
 */
record RulesResult(
    String source,
    int documents,
    long characters,
    List<String> profiles,
    double[] keptShare,
    double[][] differingShare,
    Map<String, Double> documentsPerSecond) {

  /** For one line of JSON. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("benchmark", "rules");
    json.put("source", source);
    json.put("documents", documents);
    json.put("characters", characters);
    Map<String, Object> kept = new LinkedHashMap<>();
    Map<String, Object> differing = new LinkedHashMap<>();
    for (int i = 0; i < profiles.size(); i++) {
      kept.put(profiles.get(i), keptShare[i]);
      Map<String, Double> row = new LinkedHashMap<>();
      for (int j = 0; j < profiles.size(); j++) {
        row.put(profiles.get(j), differingShare[i][j]);
      }
      differing.put(profiles.get(i), row);
    }
    json.put("keptShare", kept);
    json.put("differingShare", differing);
    json.put("documentsPerSecond", documentsPerSecond);
    return json;
  }

  /** Two tables in Markdown. */
  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%,d documents of %s, %,d characters each on average%n%n",
        documents,
        source,
        characters / documents);
    out.println("Kept, and documents on which the verdicts of two profiles differ, in %:");
    out.println();
    int width = profiles.stream().mapToInt(String::length).max().orElseThrow() + 4;
    row(out, width, "profile", "kept", i -> "(" + (i + 1) + ")");
    row(out, width, "---", "---:", i -> "---:");
    for (int p = 0; p < profiles.size(); p++) {
      int profile = p;
      row(
          out,
          width,
          "(" + (p + 1) + ") " + profiles.get(p),
          percent(keptShare[p]),
          other -> other == profile ? "" : percent(differingShare[profile][other]));
    }
    out.println();
    out.println("Documents a second on one core:");
    out.println();
    int widest = documentsPerSecond.keySet().stream().mapToInt(String::length).max().orElseThrow();
    String line = "| %-" + widest + "s | %12s |%n";
    out.printf(line, "profile", "documents/s");
    out.printf(line, "---", "---:");
    documentsPerSecond.forEach(
        (name, rate) -> out.printf(line, name, String.format(Locale.ROOT, "%,.0f", rate)));
    out.flush();
  }

  private void row(PrintWriter out, int width, String name, String kept, IntFunction<String> cell) {
    String cells =
        IntStream.range(0, profiles.size())
            .mapToObj(i -> String.format("%5s |", cell.apply(i)))
            .collect(Collectors.joining(" "));
    out.printf("| %-" + width + "s | %5s | %s%n", name, kept, cells);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }
}
