package org.sparkgpt.card;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.sparkgpt.card.CorpusFacts.Duplicate;
import org.sparkgpt.report.Table;
import org.sparkgpt.report.Text;
import org.sparkgpt.stage.StageName;

/** What was done to the documents: duplicates, scores, cuts. */
final class Treatment {
  private static final int PLACE = 100;
  private static final int OPENING = 80;
  private static final int VALUE = 120;

  private Treatment() {}

  static Section duplicates(CorpusFacts facts) {
    Section section = new Section("Duplicates");
    if (facts.stage(StageName.DEDUP).isEmpty()) {
      return section.say("Not searched for: the run has no finished dedup stage.");
    }
    Table table =
        new Table("Largest groups", "documents", "address or file of the one kept", "it begins");
    for (Duplicate duplicate : facts.duplicates()) {
      table.row(
          duplicate.size(),
          duplicate.place().isEmpty()
              ? duplicate.keeper() + ", not among these documents"
              : place(duplicate.place()),
          Text.line(duplicate.opening(), OPENING));
    }
    return section
        .say(
            table.isEmpty()
                ? "No two documents were found to be the same."
                : "Groups of which one document was kept. How many were dropped in all, and why:"
                    + " see survival.")
        .table(table)
        .table(Figures.table("What dedup counted besides", facts, StageName.DEDUP));
  }

  /** Addresses as they are; of a file what tells it from others, not where this machine has it. */
  private static String place(String place) {
    boolean address = place.startsWith("http://") || place.startsWith("https://");
    return Text.line(address ? place : Site.file(place), PLACE);
  }

  static Section quality(CorpusFacts facts) {
    Section section = new Section("Quality scores");
    if (facts.scores().isEmpty()) {
      return section.say("Documents were not scored.");
    }
    return Contents.scores(section, facts.scores().get())
        .table(Figures.table("What quality counted besides", facts, StageName.QUALITY));
  }

  static Section passages(CorpusFacts facts) {
    return ofStage(
        "Removed passages",
        facts,
        StageName.PASSAGES,
        "Paragraphs, lines and long passages that occur again and again were not searched for.",
        new Table(""));
  }

  static Section redactions(CorpusFacts facts) {
    Table table = new Table("Replaced in the documents that are left", "class", "matches");
    facts.redactions().forEach((name, matches) -> table.row(Text.line(name, VALUE), matches));
    return ofStage(
        "Redactions",
        facts,
        StageName.REDACT,
        "Personal data was not searched for: the run has no finished redact stage.",
        table);
  }

  static Section contamination(CorpusFacts facts) {
    return ofStage(
        "Contamination",
        facts,
        StageName.DECONTAMINATE,
        "Not searched for: the run has no finished decontaminate stage. Evaluation sets may be in"
            + " the corpus.",
        contaminationTable(facts.contamination()));
  }

  /**
   * @param table what is known of the stage's work beside its figures, which may say it again
   */
  private static Section ofStage(
      String title, CorpusFacts facts, StageName stage, String notDone, Table table) {
    Section section = new Section(title);
    if (facts.stage(stage).isEmpty()) {
      return section.say(notDone);
    }
    Table figures = Figures.table("What " + stage + " counted", facts, stage);
    if (figures.isEmpty() && table.isEmpty()) {
      return section.say("Done; see survival.");
    }
    return section.table(table).numbers(figures, !table.isEmpty());
  }

  /**
   * A column for each field that holds a text or a number, in the order in which they first come.
   */
  private static Table contaminationTable(List<JsonNode> rows) {
    Set<String> fields = new LinkedHashSet<>();
    for (JsonNode row : rows) {
      row.properties().stream()
          .filter(field -> field.getValue().isValueNode())
          .forEach(field -> fields.add(field.getKey()));
    }
    Table table =
        new Table(
            "By evaluation set", fields.stream().map(Treatment::words).toArray(String[]::new));
    for (JsonNode row : rows) {
      List<Object> cells = new ArrayList<>();
      fields.forEach(field -> cells.add(cell(row.path(field))));
      if (!cells.isEmpty()) {
        table.row(cells.toArray());
      }
    }
    return table;
  }

  private static Object cell(JsonNode value) {
    if (value.isIntegralNumber()) {
      return value.longValue();
    }
    return value.isNumber() ? (Object) value.doubleValue() : Text.line(value.asText(), VALUE);
  }

  /** {@code examplesFound} as words. */
  private static String words(String field) {
    return Text.line(field.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " "), VALUE)
        .toLowerCase(Locale.ROOT);
  }
}
