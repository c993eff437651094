package org.sparkgpt.card;

import java.util.Optional;
import org.sparkgpt.report.Table;
import org.sparkgpt.report.Text;
import org.sparkgpt.stage.StageName;

/** What a stage counted beside documents, as its manifest has it. */
final class Figures {
  private static final int LONGEST = 120;

  private Figures() {}

  static Table table(String title, CorpusFacts facts, StageName stage) {
    Table table = new Table(title, "figure", "value");
    Optional<CorpusFacts.Stage> found = facts.stage(stage);
    found.ifPresent(
        f ->
            f.manifest()
                .figures()
                .forEach(
                    (name, value) ->
                        table.row(
                            Text.line(name, LONGEST),
                            value instanceof Number
                                ? value
                                : Text.line(String.valueOf(value), LONGEST))));
    return table;
  }
}
