package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second crawl beside what a first one kept, by the commands. */
class IncrementalCorpusTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  @Test
  void aNewCrawlIsTakenWithoutWhatAnEarlierRunKept() throws Exception {
    write("january.jsonl", List.of(text(1), text(2)));
    write("february.jsonl", List.of(text(2), text(3) + " A last word.", text(3), edited(text(1))));
    run("january", "");
    String[] before = listing("january");

    run("february", "dedup: {against: [" + folder.resolve("january/dedup") + "]}");

    JsonNode dedup = JSON.readTree(folder.resolve("february/dedup/_stage.json").toFile());
    assertThat(dedup.get("rowsIn").asInt()).isEqualTo(4);
    assertThat(dedup.get("dropped").get("dedup/exact").asInt()).as("in January").isEqualTo(1);
    assertThat(dedup.get("dropped").get("dedup/near").asInt())
        .as("a page of January, edited, and one of February")
        .isEqualTo(2);
    assertThat(listing("january")).as("the earlier run").isEqualTo(before);
  }

  @Test
  void anEarlierRunWithOtherSignaturesIsRefused() throws Exception {
    write("january.jsonl", List.of(text(1)));
    write("february.jsonl", List.of(text(2)));
    run("january", "dedup: {profile: nemo}");

    execute("february", "", "ingest", 0);
    String said =
        execute(
            "february", "dedup: {against: [" + folder.resolve("january/dedup") + "]}", "dedup", 2);

    assertThat(said)
        .contains("january/dedup", "shingleLength=24", "shingleLength=5", "dedup.against");
  }

  private void run(String name, String settings) throws IOException {
    execute(name, settings, "ingest", 0);
    execute(name, settings, "dedup", 0);
  }

  private String execute(String name, String settings, String command, int exitCode)
      throws IOException {
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(
        file,
        "output: %s\nstages: [ingest, dedup]\ningest: {inputs: [%s]}\n%s\n"
            .formatted(folder.resolve(name), folder.resolve(name + ".jsonl"), settings));
    CommandRun run = CommandRun.of(command, file.toString());
    assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    return run.err();
  }

  private String[] listing(String run) throws IOException {
    try (var files = Files.walk(folder.resolve(run))) {
      return files.map(Path::toString).sorted().toArray(String[]::new);
    }
  }

  private void write(String name, List<String> texts) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String text : texts) {
      lines.append(JSON.writeValueAsString(Map.of("text", text))).append('\n');
    }
    Files.writeString(folder.resolve(name), lines);
  }

  /**
   * 200 words that no other seed's text has in this order; of letters, as numbers are all alike.
   */
  private static String text(int seed) {
    return new SplittableRandom(seed)
        .ints(200, 0, 26 * 26 * 26)
        .mapToObj(n -> "" + letter(n) + letter(n / 26) + letter(n / 676))
        .collect(Collectors.joining(" "));
  }

  private static char letter(int n) {
    return (char) ('a' + n % 26);
  }

  /** One word of 200 changed: Jaccard similarity 191 / 201. */
  private static String edited(String text) {
    String[] words = text.split(" ");
    words[100] = "another";
    return String.join(" ", words);
  }
}
