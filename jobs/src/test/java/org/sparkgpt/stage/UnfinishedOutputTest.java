package org.sparkgpt.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnfinishedOutputTest {
  private static final String ID = "0a1b2c3d-0000-4000-8000-00000000000";

  @TempDir private Path temp;
  private FileSystem fs;
  private org.apache.hadoop.fs.Path target;

  @BeforeEach
  void open() throws IOException {
    fs = FileSystem.getLocal(new Configuration());
    target = hadoop(temp.resolve("out"));
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }

  private static RunLease.Owner owner(String host, long pid, String space) {
    return new RunLease.Owner(1, host, host, pid, 0, space, "", "2026-01-01T00:00:00Z", 0);
  }

  private void write(org.apache.hadoop.fs.Path directory, String text) throws IOException {
    try (var file = fs.create(new org.apache.hadoop.fs.Path(directory, "part"))) {
      file.writeBytes(text);
    }
  }

  private List<String> listed() throws IOException {
    try (Stream<Path> paths = Files.list(temp)) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void outputAppearsWholeOrNotAtAll() throws IOException {
    try (UnfinishedOutput first = UnfinishedOutput.of(fs, target)) {
      write(first.directory(), "one");
      assertThat(temp.resolve("out")).doesNotExist();
      first.publish();
    }
    try (UnfinishedOutput second = UnfinishedOutput.of(fs, target)) {
      write(second.directory(), "two");
    }
    assertThat(temp.resolve("out/part")).hasContent("one");
    try (UnfinishedOutput third = UnfinishedOutput.of(fs, target)) {
      write(third.directory(), "three");
      third.publish();
    }
    assertThat(temp.resolve("out/part")).hasContent("three");
    assertThat(listed()).containsExactly("out");
  }

  @Test
  void whatKilledCommandsLeftIsSweptAndNothingElse() throws Exception {
    RunLease.Owner here = RunLease.Owner.here();
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    RunLease.Owner killed = owner("here", ended.pid(), here.processSpace());
    RunLease.take(fs, hadoop(temp.resolve("out.tmp-" + ID + "1")), killed, new FakeTime());
    Files.createDirectories(temp.resolve("out.tmp-" + ID + "2/output")); // no claim is left in it
    List<String> others =
        List.of("mine", "out.tmp-mine", "out.tmp-" + ID + "3.txt", "output.tmp-" + ID + "4");
    for (String other : others) {
      Files.createDirectories(temp.resolve(other));
    }
    Files.writeString(temp.resolve("out.tmp-" + ID + "5"), "a file");

    UnfinishedOutput.of(fs, target).close();

    assertThat(listed())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(others.stream(), Stream.of("out.tmp-" + ID + "5")).toList());
  }

  @Test
  void whatIsBeingWrittenStaysAndWhatIsSilentGoes() throws IOException {
    org.apache.hadoop.fs.Path alive = hadoop(temp.resolve("out.tmp-" + ID + "6"));
    org.apache.hadoop.fs.Path silent = hadoop(temp.resolve("out.tmp-" + ID + "7"));
    RunLease beating = RunLease.take(fs, alive, owner("far", 17, ""), new FakeTime());
    RunLease.take(fs, silent, owner("farther", 18, ""), new FakeTime());
    write(alive, "half");

    FakeTime time = new FakeTime(beating::beat);
    UnfinishedOutput.of(fs, target, path -> RunLease.take(fs, path, RunLease.Owner.here(), time))
        .close();

    assertThat(listed()).containsExactly(alive.getName());
    assertThat(temp.resolve(alive.getName()).resolve("part")).hasContent("half");
    beating.requireHeld();
  }

  @Test
  void oneThatWasTakenForDeadPublishesNothing() throws IOException {
    UnfinishedOutput slow =
        UnfinishedOutput.of(
            fs, target, path -> RunLease.take(fs, path, owner("slow", 17, ""), new FakeTime()));
    write(slow.directory(), "one");
    UnfinishedOutput.of(
            fs, target, path -> RunLease.take(fs, path, owner("other", 18, ""), new FakeTime()))
        .close();

    assertThatThrownBy(slow::publish).isInstanceOf(RunInProgress.class);
    slow.close();
    assertThat(listed()).isEmpty();
  }

  /** Time that passes only while a claim is watched; something may happen each second. */
  private static final class FakeTime implements RunLease.Watch {
    private final Runnable event;
    private long seconds;

    FakeTime() {
      this(() -> {});
    }

    FakeTime(Runnable event) {
      this.event = event;
    }

    @Override
    public Instant now() {
      return Instant.EPOCH.plusSeconds(seconds);
    }

    @Override
    public void pause(Duration time) {
      seconds += time.toSeconds();
      event.run();
    }
  }
}
