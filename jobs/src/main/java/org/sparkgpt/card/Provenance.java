package org.sparkgpt.card;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.sparkgpt.card.CorpusFacts.Stage;
import org.sparkgpt.report.Table;
import org.sparkgpt.report.Text;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;

/** Where a corpus comes from, and what its making took. */
final class Provenance {
  private static final int LONGEST = 200;
  private static final int INPUTS = 20;
  private static final double SECONDS_PER_HOUR = 3600;

  private Provenance() {}

  static Section origin(CorpusFacts facts) {
    List<StageManifest> manifests = facts.stages().stream().map(Stage::manifest).toList();
    Table table = new Table("The run", "what", "value");
    table.row("run", Text.line(facts.run(), LONGEST));
    table.row(
        "stages",
        facts.stages().stream().map(s -> s.name().command()).collect(Collectors.joining(", ")));
    table.row("first stage begun", manifests.get(0).started());
    table.row("last stage begun", manifests.get(manifests.size() - 1).started());
    table.row("read from", inputs(facts));
    table.row("seed", seed(manifests));
    table.row("settings and inputs, SHA-256", manifests.get(manifests.size() - 1).digest());
    table.row(
        "made with",
        manifests.stream()
            .map(m -> versions(m.versions()))
            .distinct()
            .collect(Collectors.joining("; ")));
    Section section = new Section("What this is").table(table);
    if (!facts.leftOut().isEmpty()) {
      section.say(
          "Not in this card: "
              + facts.leftOut().stream().map(StageName::command).collect(Collectors.joining(", "))
              + ". The directory has output of theirs, but it did not lead to these documents: it"
              + " was made from what is no longer there, or the run has no such stage any more.");
    }
    return section;
  }

  private static String inputs(CorpusFacts facts) {
    List<String> paths = new ArrayList<>();
    facts
        .stage(StageName.INGEST)
        .ifPresent(
            ingest -> {
              for (JsonNode input : ingest.manifest().config().path("ingest").path("inputs")) {
                paths.add(Text.line(input.path("path").asText(input.asText()), LONGEST));
              }
            });
    String shown = paths.stream().limit(INPUTS).collect(Collectors.joining(", "));
    return paths.size() > INPUTS ? shown + " and " + (paths.size() - INPUTS) + " more" : shown;
  }

  private static String seed(List<StageManifest> manifests) {
    return manifests.stream()
        .map(m -> m.config().path("seed"))
        .filter(JsonNode::isNumber)
        .map(JsonNode::asText)
        .distinct()
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining(", "), s -> s.isEmpty() ? "none used" : s));
  }

  private static String versions(SortedMap<String, String> versions) {
    return versions.entrySet().stream()
        .map(v -> v.getKey() + " " + v.getValue())
        .collect(Collectors.joining(", "));
  }

  static Section work(CorpusFacts facts) {
    Table table =
        new Table(
            "Time and machine of each stage",
            "stage",
            "begun",
            "seconds",
            "core-seconds",
            "core-hours",
            "processors",
            "driver heap MiB",
            "machine");
    for (Stage stage : facts.stages()) {
      StageManifest manifest = stage.manifest();
      SortedMap<String, String> machine = manifest.machine();
      Double held = manifest.coreSeconds();
      table.row(
          stage.name().command(),
          manifest.started(),
          manifest.seconds(),
          held == null ? "not recorded" : held,
          held == null ? "not recorded" : (Object) (held / SECONDS_PER_HOUR),
          machine.getOrDefault("processors", ""),
          machine.getOrDefault("driverHeapMiB", ""),
          machine.getOrDefault("processor", "")
              + (machine.containsKey("processor") ? ", " : "")
              + machine.getOrDefault("system", ""));
    }
    return new Section("Machine and core-hours")
        .say(
            "Seconds are wall time of the whole stage. Core-seconds are the time for which Spark's"
                + " tasks held cores, over all executors. The machine is the driver's.")
        .table(table);
  }

  /** Of all stages together; nothing if a stage's are not known. */
  static Optional<Double> coreSeconds(CorpusFacts facts) {
    List<Double> known =
        facts.stages().stream()
            .map(s -> s.manifest().coreSeconds())
            .filter(seconds -> seconds != null)
            .toList();
    return known.size() < facts.stages().size()
        ? Optional.empty()
        : Optional.of(known.stream().mapToDouble(Double::doubleValue).sum());
  }
}
