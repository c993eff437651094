package org.sparkgpt.card;

import java.util.Comparator;
import java.util.Map;
import org.sparkgpt.card.CorpusFacts.Stage;
import org.sparkgpt.report.Bars;
import org.sparkgpt.report.Table;
import org.sparkgpt.report.Table.Share;
import org.sparkgpt.stage.StageName;

/** How much each stage left, and why it dropped the rest. */
final class Survival {
  private Survival() {}

  static Section section(CorpusFacts facts) {
    Section section = new Section("Survival");
    if (facts.last().isEmpty()) {
      return section.say("No documents have been read yet.");
    }
    Bars bars = new Bars("documents kept (blue) and dropped (orange) by each stage");
    Table stages =
        new Table(
            "By stage",
            "stage",
            "documents in",
            "kept",
            "dropped",
            "kept of those in",
            "characters kept",
            "characters dropped");
    Table reasons =
        new Table(
            "By reason",
            "stage",
            "reason",
            "documents",
            "of those in",
            "characters",
            "characters of those in");
    for (Stage stage : facts.stages()) {
      if (stage.name().writesDocuments()) {
        add(stage, bars, stages, reasons);
      }
    }
    return section
        .say("Characters are Unicode code points, counted after the stage's work on the text.")
        .draw(bars.svg())
        .table(stages)
        .table(reasons)
        .table(Figures.table("What clean counted besides", facts, StageName.CLEAN));
  }

  private static void add(Stage stage, Bars bars, Table stages, Table reasons) {
    Count kept = stage.kept();
    Count dropped = stage.dropped().values().stream().reduce(Count.NONE, Count::plus);
    Count in = kept.plus(dropped);
    Share share = Share.of(kept.documents(), in.documents());
    bars.bar(
        stage.name().command(),
        kept.documents(),
        dropped.documents(),
        DataCard.number(kept.documents()) + " kept, " + share);
    stages.row(
        stage.name().command(),
        in.documents(),
        kept.documents(),
        dropped.documents(),
        share,
        kept.characters(),
        dropped.characters());
    stage.dropped().entrySet().stream()
        .sorted(
            Comparator.comparingLong((Map.Entry<String, Count> e) -> -e.getValue().documents())
                .thenComparing(Map.Entry::getKey))
        .forEach(
            e ->
                reasons.row(
                    stage.name().command(),
                    e.getKey(),
                    e.getValue().documents(),
                    Share.of(e.getValue().documents(), in.documents()),
                    e.getValue().characters(),
                    Share.of(e.getValue().characters(), in.characters())));
  }
}
