package org.sparkgpt.jobs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.sparkgpt.train.Strategy;

/**
 * {@link AveragingResult}s as a Markdown table: a row for each strategy, encoding and number of
 * workers, a column for each number of local steps, mean losses over the seeds in the cells. They
 * are compared with the mean of all {@code sync} runs, since that strategy's result does not depend
 * on the number of workers but for rounding.
 */
final class AveragingTable {
  private final List<AveragingResult> results;
  private final OptionalDouble sync;
  private final SortedSet<Integer> localSteps = new TreeSet<>();

  AveragingTable(List<AveragingResult> results) {
    this.results = List.copyOf(results);
    sync = mean(AveragingTable::isSync);
    results.forEach(result -> localSteps.add(result.localSteps()));
  }

  /** What is the same in all cells of a row. */
  private record Row(String strategy, String deltas, int workers) {
    static Row of(AveragingResult result) {
      return new Row(result.strategy(), result.deltas(), result.workers());
    }
  }

  String markdown() {
    StringBuilder table = new StringBuilder("| strategy | deltas | workers | bytes a round |");
    localSteps.forEach(steps -> table.append(" H = ").append(steps).append(" |"));
    table.append("\n|---|---|---|---|").append("---|".repeat(localSteps.size())).append('\n');
    Map<Row, Long> rows = new LinkedHashMap<>();
    results.forEach(result -> rows.putIfAbsent(Row.of(result), result.bytesPerRound()));
    rows.forEach((row, bytes) -> append(row, bytes, table));
    String seeds =
        results.stream()
            .map(AveragingResult::seed)
            .distinct()
            .map(String::valueOf)
            .collect(Collectors.joining(", "));
    table.append("\nValidation loss, mean over seeds ").append(seeds);
    if (sync.isPresent()) {
      table.append("; in brackets against the mean of all sync runs");
    }
    return table.append(".\n").toString();
  }

  private void append(Row row, long bytes, StringBuilder table) {
    table.append(
        String.format(
            Locale.ROOT,
            "| %s | %s | %d | %,d |",
            row.strategy(),
            row.deltas(),
            row.workers(),
            bytes));
    for (int steps : localSteps) {
      OptionalDouble loss = mean(r -> Row.of(r).equals(row) && r.localSteps() == steps);
      table.append(loss.isPresent() ? " " + cell(row, loss.getAsDouble()) + " |" : " |");
    }
    table.append('\n');
  }

  private String cell(Row row, double loss) {
    String text = String.format(Locale.ROOT, "%.4f", loss);
    return sync.isEmpty() || row.strategy().equals(Strategy.SYNC.yaml())
        ? text
        : text + String.format(Locale.ROOT, " (%+.2f %%)", 100 * (loss / sync.getAsDouble() - 1));
  }

  private static boolean isSync(AveragingResult result) {
    return result.strategy().equals(Strategy.SYNC.yaml());
  }

  private OptionalDouble mean(Predicate<AveragingResult> which) {
    return results.stream().filter(which).mapToDouble(AveragingResult::loss).average();
  }
}
