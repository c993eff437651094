package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.clean.RuleSet;

/** Rules of a run from outside: profiles and lists in the run file, their comparison. */
class RulesBenchmarkTest {
  private static final String LINE =
      "The people of the %s have to be told that the old bridge is closed, and nobody knows for"
          + " how long it will stay so. It was built with stones from the %s.\n";

  @TempDir private static Path temp;

  @BeforeAll
  static void run() throws IOException {
    System.setProperty("spark.master", "local[2]");
    Path in = Files.createDirectory(temp.resolve("in"));
    StringBuilder story = new StringBuilder();
    for (String place : "town village valley river forest mountain".split(" ")) {
      story.append(LINE.formatted(place, place + "side"));
    }
    Files.writeString(in.resolve("story.txt"), story);
    Files.writeString(in.resolve("menu.txt"), story.toString().replaceAll("[.,]", "") + "Turnips");
    Files.writeString(in.resolve("turnip.txt"), story + "A turnip grows under it, they say.");
    Files.writeString(temp.resolve("words.txt"), "turnip\n");
    Files.writeString(
        temp.resolve("run.yaml"),
        """
        output: %s
        stages: [ingest, clean]
        ingest: {inputs: ["%s"]}
        clean:
          rules: [c4@code, blocked-words]
          thresholds: {c4@code: {minSentences: 2}}
          blocklists: {words: {eng: "%s"}}
        """
            .formatted(temp.resolve("run"), in, temp.resolve("words.txt")));
    CommandRun run = CommandRun.of("pipeline", temp.resolve("run.yaml").toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("c4@code/sentences", "blocked-words/eng");
  }

  @AfterAll
  static void forget() {
    System.clearProperty("spark.master");
  }

  @Test
  void everyTwoProfilesAreComparedOnTheDocumentsThatReachedTheRules() throws IOException {
    CommandRun result =
        CommandRun.of(
            "bench", "rules", temp.resolve("run.yaml").toString(), "--repeats", "1", "--json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode json = new JsonMapper().readTree(result.out());
    assertThat(json.get("documents").intValue()).isEqualTo(3);
    assertThat(json.get("keptShare").get("c4@code").doubleValue()).isEqualTo(2 / 3.0);
    assertThat(json.get("keptShare").get("gopher@dolma").doubleValue()).isEqualTo(1);
    JsonNode differing = json.get("differingShare");
    assertThat(differing.size()).isEqualTo(RuleSet.profiles().size());
    for (String a : RuleSet.profiles()) {
      assertThat(differing.get(a).get(a).doubleValue()).isZero();
      for (String b : RuleSet.profiles()) {
        assertThat(differing.get(a).get(b)).isEqualTo(differing.get(b).get(a));
      }
    }
    assertThat(differing.get("c4@code").get("gopher@dolma").doubleValue()).isEqualTo(1 / 3.0);
    assertThat(json.get("documentsPerSecond")).hasSize(RuleSet.profiles().size() + 2);
    json.get("documentsPerSecond").forEach(rate -> assertThat(rate.doubleValue()).isPositive());
  }

  @Test
  void rawDocumentsAreCleanedFirstAndTablesAreMarkdown() {
    CommandRun result =
        CommandRun.of("bench", "rules", temp.resolve("run/documents").toString(), "--repeats", "1");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("3 documents of ", "| (1) c4@code ", "documents/s |")
        .containsPattern("\\| --- +\\| +---: \\|");
    assertThat(CommandRun.of("bench", "rules", temp.toString(), "--documents", "0").err())
        .contains("--documents must be positive, got 0");
  }

  @Test
  void aChangedListMakesTheStageStale() throws IOException {
    String runFile = temp.resolve("run.yaml").toString();
    assertThat(CommandRun.of("clean", runFile).exitCode()).isZero();
    Files.writeString(temp.resolve("words.txt"), "beetroot\n");
    CommandRun stale = CommandRun.of("clean", runFile);
    assertThat(stale.exitCode()).isEqualTo(2);
    assertThat(stale.err()).contains("made with other inputs; add --overwrite");
    Files.writeString(temp.resolve("words.txt"), "turnip\n");
    assertThat(CommandRun.of("clean", runFile).exitCode()).isZero();
  }
}
