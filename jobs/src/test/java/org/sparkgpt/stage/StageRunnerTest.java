package org.sparkgpt.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageRunnerTest {
  @TempDir private java.nio.file.Path folder;
  private final AtomicInteger runs = new AtomicInteger();
  private double coreSeconds;
  private FileSystem fs;
  private RunLease lease;

  @BeforeEach
  void claimDirectory() throws IOException {
    fs = FileSystem.getLocal(new Configuration());
    lease = RunLease.take(fs, new Path(folder.toUri()), () -> {});
  }

  @AfterEach
  void giveBack() {
    lease.close();
  }

  private StageRunner runner(boolean overwrite) {
    return new StageRunner(fs, new Path(folder.toUri()), overwrite, lease, () -> coreSeconds);
  }

  /** A stage that writes one file, four rows in, three kept. */
  private Stage clean(int setting, String inputDigest) {
    return new Stage(
        StageName.CLEAN,
        Map.of("clean", Map.of("minWords", setting)),
        Map.of("documents", inputDigest),
        directory -> {
          runs.incrementAndGet();
          fs.create(new Path(directory, "part-0")).close();
          return new Stage.Outcome(4, 3, new TreeMap<>(Map.of("language", 1L)), Map.of());
        });
  }

  /** A stage that adds a file each time. */
  private Stage scrape(String seed, boolean due) {
    return new Stage(
        StageName.SCRAPE,
        Map.of("scrape", Map.of("seed", seed)),
        Map.of(),
        due,
        () -> {},
        directory -> {
          fs.create(new Path(directory, "part-" + runs.incrementAndGet())).close();
          return Stage.Outcome.of(Map.of());
        });
  }

  @Test
  void aCrawlIsContinuedAndNeverDeleted() throws IOException {
    runner(false).run(scrape("a", false));
    assertThat(runner(false).run(scrape("a", false)).skipped()).isTrue();

    assertThat(runner(false).run(scrape("a", true)).skipped()).as("due again").isFalse();
    runner(false).run(scrape("b", false));
    runner(true).run(scrape("c", false));

    assertThat(runner(false).require(StageName.SCRAPE).files().keySet())
        .containsExactly("part-1", "part-2", "part-3", "part-4");
  }

  private List<String> entries() throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(name -> !name.startsWith("_running-"))
          .sorted()
          .toList();
    }
  }

  @Test
  void repeatedRunDoesNothing() throws IOException {
    assertThat(runner(false).run(clean(50, "a")).skipped()).isFalse();
    StageRunner.Result second = runner(false).run(clean(50, "a"));

    assertThat(second.skipped()).isTrue();
    assertThat(second.manifest().dropped()).containsEntry("language", 1L);
    assertThat(runs).hasValue(1);
  }

  @Test
  void outputMadeWithOtherSettingsIsKeptUntilToldToOverwrite() throws IOException {
    runner(false).run(clean(50, "a"));

    assertThatThrownBy(() -> runner(false).run(clean(60, "a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clean.minWords 50 -> 60")
        .hasMessageContaining("--overwrite");
    assertThatThrownBy(() -> runner(false).run(clean(50, "b")))
        .hasMessageContaining("made with other inputs");
    assertThat(runner(true).run(clean(60, "a")).skipped()).isFalse();
    assertThat(entries()).containsExactly("clean");
  }

  @Test
  void failedStageLeavesNothingThatLooksFinishedAndIsSweptNextTime() throws IOException {
    Stage broken =
        new Stage(
            StageName.CLEAN,
            Map.of(),
            Map.of(),
            directory -> {
              fs.create(new Path(directory, "part-0")).close();
              throw new IOException("disk full");
            });

    assertThatThrownBy(() -> runner(false).run(broken)).hasMessage("disk full");
    assertThat(entries()).singleElement().asString().startsWith("clean.tmp-");
    assertThatThrownBy(() -> runner(false).require(StageName.CLEAN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no finished 'clean' here; run it first: scripts/sparkgpt clean");

    runner(false).run(clean(50, "a"));
    assertThat(entries()).containsExactly("clean");
  }

  @Test
  void foreignDirectoryIsNotTouched() throws IOException {
    Files.createDirectories(folder.resolve("clean"));
    Files.writeString(folder.resolve("clean/precious.txt"), "mine");

    assertThatThrownBy(() -> runner(false).run(clean(50, "a")))
        .hasMessageContaining("was not written by sparkgpt");
    assertThat(folder.resolve("clean/precious.txt")).hasContent("mine");
  }

  @Test
  void stageWhoseRunWasTakenOverPublishesNothing() throws IOException {
    Stage slow =
        new Stage(
            StageName.CLEAN,
            Map.of(),
            Map.of(),
            directory -> {
              Files.delete(folder.resolve("_running-1.json"));
              Files.writeString(folder.resolve("_running-2.json"), "{}");
              return new Stage.Outcome(0, 0, new TreeMap<>(), Map.of());
            });

    assertThatThrownBy(() -> runner(false).run(slow))
        .isInstanceOf(RunInProgress.class)
        .hasMessageContaining("its claim went to owner not known");
    assertThat(folder.resolve("clean")).doesNotExist();
  }

  @Test
  void rowsMustAddUp() {
    Stage leaky =
        new Stage(
            StageName.CLEAN,
            Map.of(),
            Map.of(),
            directory -> new Stage.Outcome(5, 3, new TreeMap<>(), Map.of()));

    assertThatThrownBy(() -> runner(false).run(leaky))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("clean: 5 rows came in, but kept and dropped add up to 3");
  }

  @Test
  void damagedOutputIsNamedWhenTheNextStageReadsIt() throws IOException {
    runner(false).run(clean(50, "a"));
    assertThat(runner(false).require(StageName.CLEAN).rowsOut()).isEqualTo(3);
    Files.delete(folder.resolve("clean/part-0"));

    assertThatThrownBy(() -> runner(false).require(StageName.CLEAN))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("part-0: damaged: expected 0 bytes, found no file")
        .hasMessageContaining("scripts/sparkgpt clean --overwrite");
  }

  @Test
  void coreSecondsAreTheStagesOwn() throws IOException {
    coreSeconds = 7;
    Stage busy =
        new Stage(
            StageName.CLEAN,
            Map.of(),
            Map.of(),
            directory -> {
              coreSeconds += 2.5;
              return Stage.Outcome.of(Map.of());
            });

    assertThat(runner(false).run(busy).manifest().coreSeconds()).isEqualTo(2.5);
    assertThat(runner(false).require(StageName.CLEAN).coreSeconds()).isEqualTo(2.5);
  }

  @Test
  void manifestOfBeforeCoreSecondsWereCountedStillReads() throws IOException {
    runner(false).run(clean(50, "a"));
    java.nio.file.Path file = folder.resolve("clean/_stage.json");
    String older = Files.readString(file).replaceFirst(",\\s*\"coreSeconds\" : [0-9.]+", "");
    Files.deleteIfExists(folder.resolve("clean/._stage.json.crc"));
    Files.writeString(file, older);

    assertThat(runner(false).run(clean(50, "a")).skipped()).isTrue();
    assertThat(runner(false).require(StageName.CLEAN).coreSeconds()).isNull();
  }

  /** The output of a build whose tables of documents had another format. */
  private void writtenByAnotherBuild() throws IOException {
    runner(false).run(clean(50, "a"));
    java.nio.file.Path file = folder.resolve("clean/_stage.json");
    String older =
        Files.readString(file)
            .replaceFirst(",\\s*\"tableFormat\" : [0-9]+", "")
            .replaceFirst("\"digest\" : \"[0-9a-f]+", "\"digest\" : \"0");
    Files.deleteIfExists(folder.resolve("clean/._stage.json.crc"));
    Files.writeString(file, older);
  }

  @Test
  void documentsOfAnotherFormatAreNotUpToDate() throws IOException {
    writtenByAnotherBuild();

    assertThatThrownBy(() -> runner(false).run(clean(50, "a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("made with other columns of documents, by another build")
        .hasMessageContaining("--overwrite");
    assertThat(runner(true).run(clean(50, "a")).skipped()).isFalse();
    assertThat(runner(false).run(clean(50, "a")).skipped()).isTrue();
  }

  @Test
  void stageRefusesToReadDocumentsOfAnotherFormat() throws IOException {
    writtenByAnotherBuild();

    assertThatThrownBy(() -> runner(false).require(StageName.CLEAN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clean: documents of format unknown, this build reads 1")
        .hasMessageContaining("make them again with scripts/sparkgpt clean --overwrite");
    Path output = new Path(folder.toUri());
    assertThat(StageRunner.require(fs, output, StageName.CLEAN).rowsOut())
        .as("to look")
        .isEqualTo(3);
  }

  @Test
  void onlyStagesThatWriteDocumentsHaveTheirFormat() throws IOException {
    assertThat(runner(false).run(clean(50, "a")).manifest().tableFormat())
        .isEqualTo(DocumentTable.FORMAT_VERSION);
    assertThat(runner(false).run(scrape("a", false)).manifest().tableFormat()).isNull();
  }

  @Test
  void damagedManifestIsNamed() throws IOException {
    runner(false).run(clean(50, "a"));
    Files.deleteIfExists(folder.resolve("clean/._stage.json.crc"));
    Files.writeString(folder.resolve("clean/_stage.json"), "{\"formatVersion\":");

    assertThatThrownBy(() -> runner(false).run(clean(50, "a")))
        .hasMessageContaining("_stage.json: damaged")
        .hasMessageContaining("--overwrite");
  }
}
