package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentHistoryTest {
  private static final String STORY =
      "The café at the corner of the square had been closed for years, and nobody in the town"
          + " could say what its owner had done to deserve that.";

  private static final String REPEATED =
      "The harbour had been quiet since the ferry stopped, and on most evenings the only light"
          + " came from the lamp above the pier.";
  private static final String LETTER =
      "Write to captain@harbour-post.org if you have seen the ferry, or if you know of somebody"
          + " who has seen it since the spring.";
  private static final String EXAMPLE =
      "Seventeen tall ships sailed slowly around the northern cape before the winter storms could"
          + " close the narrow strait again.";

  @TempDir private static Path temp;

  @BeforeAll
  static void run() throws IOException {
    System.setProperty("spark.master", "local[2]");
    Path in = Files.createDirectory(temp.resolve("in"));
    String page =
        "<html><title>A story</title><body><nav><a href=/>Home</a> <a href=/x>Other</a></nav>"
            + "<article><h1>The café</h1><p>"
            + STORY
            + "</p><p>"
            + STORY.replace("years", "months").replace("town", "village")
            + "</p></article></body></html>";
    Files.write(in.resolve("page.html"), page.getBytes(Charset.forName("windows-1252")));
    String misread =
        new String(
            ("Résumé. " + STORY + " Déjà vu.").getBytes(StandardCharsets.UTF_8),
            StandardCharsets.ISO_8859_1);
    Files.writeString(in.resolve("a.txt"), misread);
    Files.writeString(in.resolve("b.txt"), misread + "\n");
    Files.writeString(
        in.resolve("ferry.txt"), String.join("\n\n", REPEATED, LETTER, EXAMPLE, REPEATED));
    Files.writeString(temp.resolve("examples.txt"), EXAMPLE);
    Files.writeString(in.resolve("short.txt"), "Nothing in it.");
    Files.writeString(in.resolve("empty.txt"), " ");
    String yaml =
        """
        output: %s
        stages: [ingest, clean, dedup, passages, decontaminate, redact]
        ingest: {inputs: ["%s"]}
        clean: {minLanguageConfidence: 0.1, rules: [gopher@datatrove, c4@code], thresholds: {gopher@datatrove: {minWords: 20, minStopWords: 1}, c4@code: {minSentences: 1}}}
        passages: {minCharacters: 100}
        decontaminate: {sets: {voyages: "%s"}, windowCharacters: 20, minPieceCharacters: 50}
        """
            .formatted(temp.resolve("run"), in, temp.resolve("examples.txt"));
    Files.writeString(temp.resolve("run.yaml"), yaml);
    CommandRun run = CommandRun.of("pipeline", temp.resolve("run.yaml").toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  @AfterAll
  static void forget() {
    System.clearProperty("spark.master");
  }

  private static CommandRun inspect(String document, String... more) {
    String[] arguments = new String[4 + more.length];
    arguments[0] = "inspect";
    arguments[1] = temp.resolve("run").toString();
    arguments[2] = "--document";
    arguments[3] = document;
    System.arraycopy(more, 0, arguments, 4, more.length);
    return CommandRun.of(arguments);
  }

  private static String source(String name) {
    return temp.resolve("in").resolve(name).toString();
  }

  @Test
  void aPageIsFollowedFromBytesToTheLastStage() {
    CommandRun result = inspect(source("page.html"), "--full");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("in windows-1252 (detection)", "title         A story", STORY)
        .contains("repairs: nothing to do", "language: eng", "gopher@datatrove            passed")
        .contains("text as c4@code leaves it: ", "- The café")
        .contains("keeper of its cluster", "tokenize\n  has not been run");
  }

  @Test
  void repairsAndDuplicatesAreNamed() {
    String repaired = inspect(source("a.txt")).out();
    assertThat(repaired)
        .contains("repairs: mojibake: UTF-8 read as windows-1252", "+ Résumé. The café");
    String copies = repaired + inspect(source("b.txt")).out();
    assertThat(copies)
        .containsOnlyOnce("rejected: dedup/exact")
        .contains("the cluster's keeper is ", "not in the tokens: a stage before dropped it");
  }

  @Test
  void everyStageOfTheRunShowsWhatItNoted() {
    String story = inspect(source("ferry.txt")).out();
    assertThat(story)
        .containsPattern(
            "passages\n  removed characters: 1\\d\\d\n"
                + "  removed by: paragraph 1\\d\\d, line 0, span 0, substring 0\n")
        .containsPattern(
            "decontaminate\n  removed spans: 1\n    start \\d+, end \\d+, set voyages\n")
        .contains("    - " + EXAMPLE.substring(0, 20))
        .contains("tokenize\n  has not been run");
    assertThat(story.substring(story.indexOf("\nredact\n")))
        .containsPattern("redactions: email 1\n  text: \\d+ characters, then \\d+\n  kept")
        .as("what was redacted")
        .doesNotContain("captain");
  }

  @Test
  void rejectedDocumentsSayWhyAndByHowMuch() {
    assertThat(inspect(source("short.txt")).out())
        .contains("rejected: language-confidence, value 0.", "threshold 0.1")
        .doesNotContain("passages")
        .contains("gopher@datatrove/words, value 3, threshold 20");
    assertThat(inspect(source("empty.txt")).out()).contains("rejected: ingest/empty");
  }

  @Test
  void theRunHasADataCard() throws IOException {
    Path run = temp.resolve("run");
    CommandRun result = CommandRun.of("report", temp.resolve("run.yaml").toString());
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("run/data-card.html", "run/data-card.md");
    assertThat(Files.readString(run.resolve("data-card.md")))
        .contains("| ingest | ingest/empty | 1 | 16.7 % |", "| eng | English |")
        .doesNotContain("not recorded");
    assertThat(Files.readString(run.resolve("data-card.html"))).contains("core-hours");

    CommandRun nothing =
        CommandRun.of("report", Files.createDirectories(temp.resolve("none")).toString());
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err()).contains("neither a run's documents nor a training here");
    CommandRun missing = CommandRun.of("report", temp.resolve("nowhere").toString());
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("nowhere: no such run file");
  }

  @Test
  void mistakesAreTold() {
    CommandRun unknown = inspect("page.ht");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err())
        .contains("no document has the id, url or source", source("page.html"));
    CommandRun full = CommandRun.of("inspect", temp.resolve("run").toString(), "--full");
    assertThat(full.exitCode()).isEqualTo(2);
    assertThat(full.err()).contains("--full shows more of a --document");
  }
}
