package org.sparkgpt.config;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.sparkgpt.clean.RuleSet;
import org.sparkgpt.decontaminate.EvaluationSet;
import org.sparkgpt.layer.ParameterLayout;
import org.sparkgpt.stage.StageName;

class RunFileTest {
  private static final String MINIMAL = "output: runs/test\ningest: {inputs: [books]}\n";

  private static RunConfig load(String yaml, String... overrides) {
    return RunFile.parse("my.yaml", yaml, List.of(overrides)).config();
  }

  @Test
  void fileReplacesDefaultsAndCommandLineReplacesFile() {
    RunConfig config = load(MINIMAL + "train: {steps: 7}\n", "train.workers=2", "seed=5");

    assertThat(config.train().steps()).isEqualTo(7);
    assertThat(config.train().workers()).isEqualTo(2);
    assertThat(config.seed()).isEqualTo(5);
  }

  @Test
  void aRunChangesSingleThresholdsOfAProfile() {
    String dolma = "clean: {rules: [gopher@dolma], thresholds: {gopher@dolma: {minWords: 30}}}\n";
    assertThat(load(MINIMAL + dolma).clean().thresholds())
        .containsOnlyKeys("gopher@dolma")
        .extractingByKey(
            "gopher@dolma", as(InstanceOfAssertFactories.map(String.class, Double.class)))
        .containsEntry("minWords", 30.0)
        .containsEntry("maxWords", 100_000.0);
    assertThatThrownBy(() -> load(MINIMAL, "clean.thresholds.gopher@dolam.minWords=30"))
        .hasMessage(
            "the command line: unknown key 'clean.thresholds.gopher@dolam'; did you mean"
                + " 'clean.thresholds.gopher@dolma'?");
    assertThatThrownBy(() -> load(MINIMAL, "clean.thresholds.gopher@dolma.minWord=30"))
        .hasMessage(
            "the command line: unknown key 'clean.thresholds.gopher@dolma.minWord'; did you mean"
                + " 'clean.thresholds.gopher@dolma.minWords'?");
    assertThatThrownBy(() -> load(MINIMAL, "clean.thresholds.gopher@dolma.minWords=few"))
        .hasMessageContaining("clean.thresholds.gopher@dolma.minWords: ");
    assertThatThrownBy(() -> load(MINIMAL, "clean.thresholds.gopher@dolma=30"))
        .hasMessage(
            "the command line: 'clean.thresholds.gopher@dolma' is a section, expected keys below"
                + " it");
    assertThatThrownBy(() -> load(MINIMAL, "clean.rules=[gopher-quality]"))
        .hasMessageStartingWith("my.yaml: clean.rules: unknown rule 'gopher-quality', known are");
    assertThatThrownBy(() -> load(MINIMAL, "clean.blocklists.words=[a]"))
        .hasMessageContaining("clean.blocklists.words");
  }

  @Test
  void everyProfileHasItsThresholds() {
    String all = "clean.rules=[" + String.join(",", RuleSet.profiles()) + "]";
    assertThat(load(MINIMAL, all).clean().thresholds().keySet())
        .containsExactlyElementsOf(RuleSet.profiles());
    assertThat(RunFile.reference().at("/clean/thresholds").properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrderElementsOf(RuleSet.profiles());
  }

  @Test
  void listsAreReplacedWhole() {
    RunConfig config = load(MINIMAL, "stages=[ingest, tokenize]", "clean.rules=[]");

    assertThat(config.stages()).containsExactly(StageName.INGEST, StageName.TOKENIZE);
    assertThat(config.clean().rules()).isEmpty();
  }

  @Test
  void oneInputNeedsNoList() {
    assertThat(load(MINIMAL, "ingest.inputs=other").ingest().inputs())
        .singleElement()
        .satisfies(input -> assertThat(input.path()).isEqualTo("other"));
  }

  @Test
  void unknownKeyNamesTheNearestKnownOne() {
    assertThatThrownBy(() -> load(MINIMAL + "train: {stpes: 7}\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("my.yaml: unknown key 'train.stpes'; did you mean 'train.steps'?");
    assertThatThrownBy(() -> load(MINIMAL, "trian.steps=7"))
        .hasMessage("the command line: unknown key 'trian'; did you mean 'train'?");
  }

  @Test
  void namesAreTheUsersWhereTheReferenceHasNone() {
    RunConfig config =
        load(
            MINIMAL + "decontaminate: {sets: {a: a.txt, b: {path: b.jsonl, fields: text}}}\n",
            "decontaminate.sets.c=c.txt",
            "decontaminate.sets.b.format=jsonl");
    assertThat(config.decontaminate().sets())
        .containsOnlyKeys("a", "b", "c")
        .containsEntry("c", EvaluationSet.of("c.txt"))
        .containsEntry(
            "b", new EvaluationSet("b.jsonl", EvaluationSet.Format.JSONL, List.of("text")));
    assertThatThrownBy(() -> load(MINIMAL + "decontaminate: {sets: {a: {path: x, pth: y}}}\n"))
        .hasMessage("my.yaml: unknown key 'decontaminate.sets.a.pth'; did you mean 'path'?");
  }

  @Test
  void valueOfTheWrongTypeNamesItsKey() {
    assertThatThrownBy(() -> load(MINIMAL, "train.steps=many"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("my.yaml: train.steps: ")
        .hasMessageContaining("many");
    assertThatThrownBy(() -> load(MINIMAL, "train.steps=1.5"))
        .hasMessageStartingWith("my.yaml: train.steps: ");
  }

  @Test
  void valueOutOfRangeIsReportedByTheRecordThatOwnsIt() {
    assertThatThrownBy(() -> load(MINIMAL, "model.heads=0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("my.yaml: model.heads must be positive, got 0");
  }

  @Test
  void malformedFilesAndOverridesAreExplained() {
    assertThatThrownBy(() -> load("output: [runs\n"))
        .hasMessageStartingWith("my.yaml line ")
        .hasMessageContaining("not valid YAML");
    assertThatThrownBy(() -> load("")).hasMessageContaining("expected sections");
    assertThatThrownBy(() -> load("train: 7\n"))
        .hasMessage("my.yaml: 'train' is a section, expected keys below it");
    assertThatThrownBy(() -> load(MINIMAL, "train.steps"))
        .hasMessageContaining("an override reads section.key=value");
    assertThatThrownBy(() -> load(MINIMAL + "output: again\n")).hasMessageContaining("uplicate");
  }

  @Test
  void stagesFollowTheChain() {
    assertThatThrownBy(() -> load(MINIMAL, "stages=[ingest, train, clean]"))
        .hasMessageContaining("stages must follow the chain's order");
    RunConfig config = load(MINIMAL, "stages=[ingest, clean, tokenize]");
    assertThat(config.documentsBefore(StageName.TOKENIZE)).isEqualTo(StageName.CLEAN);
    assertThat(config.documentsBefore(StageName.CLEAN)).isEqualTo(StageName.INGEST);
    assertThat(load(MINIMAL, "stages=scrape").stages()).containsExactly(StageName.SCRAPE);
    assertThat(load(MINIMAL, "stages=[scrape, ingest]").stages()).hasSize(2);
    assertThatThrownBy(() -> load(MINIMAL, "stages=[scrape, clean]"))
        .hasMessageContaining("stages must begin with ingest, with scrape before it");
    assertThatThrownBy(() -> config.documentsBefore(StageName.DEDUP))
        .hasMessageContaining("this run has no 'dedup'");
  }

  @Test
  void resolvedSettingsReadBackToTheSameRun() {
    RunFile file = RunFile.parse("my.yaml", MINIMAL, List.of("train.steps=7"));

    assertThat(load(file.resolved())).isEqualTo(file.config());
  }

  @Test
  void runFilesOfTheProjectAreValid() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../conf"))) {
      List<Path> runFiles = files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
      assertThat(runFiles)
          .extracting(f -> f.getFileName().toString())
          .contains("cluster-demo.yaml", "demo.yaml", "gpt2-124m.yaml", "shakespeare-char.yaml");
      for (Path file : runFiles) {
        assertThat(load(Files.readString(file)).output()).as(file.toString()).contains("runs/");
      }
    }
  }

  @Test
  void gpt2RunHasTheNumbersOfItsComments() throws IOException {
    RunConfig run = load(Files.readString(Path.of("../conf/gpt2-124m.yaml")));

    assertThat(ParameterLayout.of(run.model()).length()).isEqualTo(124_439_808);
    assertThat(run.train().batchSize() * run.model().context()).isEqualTo(524_288);
    assertThat(run.train().steps()).isEqualTo((int) (10e9 / 524_288));
    assertThat(run.train().batchPerWorker() / run.train().microBatch()).isEqualTo(16);
  }

  @Test
  void referenceListsExactlyTheKeysOfTheRecords() {
    ObjectNode reference = RunFile.reference();

    assertSameKeys("", reference, RunConfig.class);
  }

  private static void assertSameKeys(String path, JsonNode section, Class<?> type) {
    Set<String> keys = new TreeSet<>();
    section.fieldNames().forEachRemaining(keys::add);
    Set<String> components = new TreeSet<>();
    for (RecordComponent component : type.getRecordComponents()) {
      components.add(component.getName());
      JsonNode value = section.get(component.getName());
      if (component.getType().isRecord() && value != null) {
        assertSameKeys(path + component.getName() + ".", value, component.getType());
      }
    }
    assertThat(keys).as("keys of '%s' against %s", path, Arrays.asList(type)).isEqualTo(components);
  }
}
