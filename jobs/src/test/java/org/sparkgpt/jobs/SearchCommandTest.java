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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stage {@code decontaminate} and the command {@code search}, from the command line. */
class SearchCommandTest {
  private static final String QUOTATION =
      "Whenever I find myself growing grim about the mouth; whenever it is a damp, drizzly"
          + " November in my soul";

  @TempDir private static Path temp;

  @BeforeAll
  static void run() throws IOException {
    System.setProperty("spark.master", "local[2]");
    Path in = Files.createDirectory(temp.resolve("in"));
    String rest = "It was like that. ".repeat(40);
    Files.writeString(in.resolve("a.txt"), rest + QUOTATION + ". " + rest);
    Files.writeString(in.resolve("b.txt"), QUOTATION);
    Files.writeString(in.resolve("c.txt"), "What is 48 plus 76? 48 + 76 = 124, not 48 plus 761.");
    Files.writeString(temp.resolve("set.txt"), QUOTATION.toUpperCase() + "\n\n" + "x ".repeat(20));
    String yaml =
        """
        output: %s
        stages: [ingest, decontaminate]
        ingest: {inputs: ["%s"]}
        decontaminate: {sets: {whale: {path: "%s", format: lines}}}
        """
            .formatted(temp.resolve("run"), in, temp.resolve("set.txt"));
    Files.writeString(temp.resolve("run.yaml"), yaml);
    CommandRun run = CommandRun.of("pipeline", temp.resolve("run.yaml").toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("decontaminate/nothing-left", "whale examples found 1");
  }

  @AfterAll
  static void forget() {
    System.clearProperty("spark.master");
  }

  private static String runFile() {
    return temp.resolve("run.yaml").toString();
  }

  @Test
  void theStageWritesItsTableAndIsMadeAgainForAnotherSet() throws IOException {
    Path table = temp.resolve("run/decontaminated/_contamination.json");
    JsonNode whale = new JsonMapper().readTree(table.toFile()).get(0);
    assertThat(whale.get("set").textValue()).isEqualTo("whale");
    assertThat(whale.get("examples").intValue()).isEqualTo(2);
    assertThat(whale.get("examplesFound").intValue()).isEqualTo(1);
    assertThat(whale.get("documentsCut").intValue()).isEqualTo(1);
    assertThat(whale.get("documentsDropped").intValue()).isEqualTo(1);
    assertThat(temp.resolve("run/decontaminated/_dirty/whale.jsonl"))
        .content()
        .startsWith("{\"index\":0,")
        .hasLineCount(1);
    assertThat(CommandRun.of("decontaminate", runFile()).out()).contains("up to date since");
    Path other = Files.writeString(temp.resolve("other.txt"), "y ".repeat(20));
    String setting = "decontaminate.sets.whale.path=" + other;
    CommandRun changed = CommandRun.of("decontaminate", runFile(), setting);
    assertThat(changed.exitCode()).isEqualTo(2);
    assertThat(changed.err()).contains("made with other settings", "--overwrite");
    String before = Files.readString(temp.resolve("set.txt"));
    Files.writeString(temp.resolve("set.txt"), before + "\n\nmore");
    CommandRun longer = CommandRun.of("decontaminate", runFile());
    Files.writeString(temp.resolve("set.txt"), before);
    assertThat(longer.err()).contains("made with other inputs");
  }

  @Test
  void textsAreCountedAndShown() {
    CommandRun result =
        CommandRun.of(
            "search",
            temp.resolve("run").toString(),
            "--stage",
            "ingest",
            "--text",
            "drizzly",
            "--text",
            "Moby",
            "--context",
            "5");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .containsPattern(" 2 +2  drizzly")
        .containsPattern(" 0 +0  Moby")
        .contains("…amp, drizzly Nove…", " @ 76");
    CommandRun cut = CommandRun.of("search", runFile(), "--text", "drizzly");
    assertThat(cut.out()).contains("decontaminated").containsPattern(" 0 +0  drizzly");
  }

  @Test
  void arithmeticProblemsAreCountedByKind() throws IOException {
    Path file = Files.writeString(temp.resolve("p.txt"), "48 + 76 = 124\n1 + 1 = 2\n7 * 8 =\n");
    CommandRun result = CommandRun.of("search", runFile(), "--arithmetic", file.toString());
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .containsPattern("addition +2 +1 +50\\.00 % +2\n")
        .containsPattern("multiplication +1 +0 +0\\.00 % +0\n")
        .contains("48 + 76 =  ", "48 plus 76  ");
    CommandRun drawn =
        CommandRun.of("search", runFile(), "--arithmetic-digits", "2,3", "--problems", "50");
    assertThat(drawn.out()).containsPattern("3-digit subtraction +50 ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "search RUN | Missing required argument (specify one of these): (--text=TEXT",
        "search RUN --text a --arithmetic b | are mutually exclusive",
        "search RUN --text '' | cannot search for an empty text",
        "search RUN --arithmetic nowhere.txt | nowhere.txt: no such file; expected problems",
        "search RUN --arithmetic-digits 20 | digits must be between 1 and 18, got 20",
        "search RUN --text a --stage train | --stage train writes no documents",
        "search RUN --text a --stage clean | no finished 'clean' here; run it first",
        "search RUN --text a --hits -1 | --hits and --context must not be negative, got -1 and 40",
        "search nowhere --text a | nowhere: no such run file",
        "decontaminate YAML decontaminate.sets.x=none.txt | sets.x: no file at none.txt",
        "decontaminate YAML decontaminate.sets.whale.frmt=a | unknown key 'decontaminate.sets.whale.frmt'",
        "decontaminate YAML decontaminate.minNgram=0 | must be between 1 and 64",
      })
  void mistakesEndWithOneClearLineAndExitCode2(String arguments, String line) {
    String[] split =
        arguments
            .replace("RUN", temp.resolve("run").toString())
            .replace("YAML", runFile())
            .split(" ");
    for (int i = 0; i < split.length; i++) {
      split[i] = split[i].equals("''") ? "" : split[i];
    }
    CommandRun result = CommandRun.of(split);
    assertThat(result.err().lines().findFirst().orElse("")).contains(line);
    assertThat(result.exitCode()).isEqualTo(2);
  }
}
