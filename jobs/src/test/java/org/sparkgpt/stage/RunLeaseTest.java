package org.sparkgpt.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunLeaseTest {
  @TempDir private static java.nio.file.Path folder;
  private static MiniDFSCluster hdfs;

  private enum Storage {
    LOCAL,
    HDFS
  }

  @BeforeAll
  static void startHdfs() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
  }

  @AfterAll
  static void stopHdfs() {
    hdfs.shutdown();
  }

  private FileSystem fs;
  private Path output;

  private void open(Storage storage, String name) throws IOException {
    boolean local = storage == Storage.LOCAL;
    fs = local ? FileSystem.getLocal(new Configuration()) : hdfs.getFileSystem();
    output = local ? new Path(folder.resolve(name).toUri()) : new Path("/" + name);
  }

  /** A process elsewhere: this machine cannot tell whether it lives. */
  private static RunLease.Owner elsewhere(String host) {
    return new RunLease.Owner(1, host, host, 17, 0, "", "", "2026-01-01T00:00:00Z", 0);
  }

  /** Time that passes only while an attempt watches; something may happen after so many seconds. */
  private static final class FakeTime implements RunLease.Watch {
    private final int at;
    private final Runnable event;
    private long seconds;

    FakeTime(int at, Runnable event) {
      this.at = at;
      this.event = event;
    }

    static FakeTime uneventful() {
      return new FakeTime(-1, () -> {});
    }

    @Override
    public Instant now() {
      return Instant.EPOCH.plusSeconds(seconds);
    }

    @Override
    public void pause(Duration time) {
      seconds += time.toSeconds();
      if (seconds == at) {
        event.run();
      }
    }
  }

  private RunLease take(String host, FakeTime time) throws IOException {
    return RunLease.take(fs, output, elsewhere(host), time);
  }

  private List<String> files() throws IOException {
    List<String> names = new ArrayList<>();
    for (var file : fs.listStatus(output)) {
      names.add(file.getPath().getName());
    }
    return names;
  }

  @ParameterizedTest
  @EnumSource
  void livingOwnerIsSeenAtItsNextBeatAndNamed(Storage storage) throws IOException {
    open(storage, "living");
    RunLease first = take("first", FakeTime.uneventful());
    FakeTime time = new FakeTime(8, first::beat);

    assertThatThrownBy(() -> take("second", time))
        .isInstanceOf(RunInProgress.class)
        .hasMessageContaining("another run is working on it (first, process 17, since 2026-01-01T")
        .hasMessageContaining("this one did nothing");
    assertThat(time.seconds).isEqualTo(8);
    assertThat(first.beat()).isTrue();
    first.close();
    assertThat(files()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void silentOwnerIsTakenOverAfterAMinuteAndStopsWhenItWakes(Storage storage) throws IOException {
    open(storage, "silent");
    RunLease first = take("first", FakeTime.uneventful());
    FakeTime time = FakeTime.uneventful();

    RunLease second = take("second", time);

    assertThat(time.seconds).isEqualTo(60);
    assertThat(files()).containsExactly("_running-2.json");
    assertThatThrownBy(first::requireHeld)
        .isInstanceOf(RunInProgress.class)
        .hasMessageContaining("while this run was suspended its claim went to second");
    first.close();
    assertThat(files()).containsExactly("_running-2.json");
    second.requireHeld();
    second.close();
  }

  @ParameterizedTest
  @EnumSource
  void claimGivenBackWhileAnotherWatchesIsTaken(Storage storage) throws IOException {
    open(storage, "returned");
    RunLease first = take("first", FakeTime.uneventful());
    FakeTime time = new FakeTime(5, first::close);

    RunLease second = take("second", time);

    assertThat(time.seconds).isEqualTo(5);
    second.requireHeld();
    second.close();
  }

  @ParameterizedTest
  @EnumSource
  void ofAttemptsAtTheSameMomentOneGetsTheClaim(Storage storage) throws Exception {
    open(storage, "crowd");
    fs.mkdirs(output);
    for (int round = 0; round < 5; round++) {
      int attempts = 8;
      CyclicBarrier together = new CyclicBarrier(attempts);
      ExecutorService pool = Executors.newFixedThreadPool(attempts);
      List<Future<RunLease>> claims = new ArrayList<>();
      for (int i = 0; i < attempts; i++) {
        String host = "host" + i;
        Callable<RunLease> attempt =
            () -> {
              together.await();
              try {
                // The claim of another attempt is alive: it beats while this one watches it.
                return take(host, new FakeTime(1, this::beatForAnother));
              } catch (RunInProgress e) {
                return null;
              }
            };
        claims.add(pool.submit(attempt));
      }
      pool.shutdown();
      List<RunLease> taken = new ArrayList<>();
      for (Future<RunLease> claim : claims) {
        if (claim.get() != null) {
          taken.add(claim.get());
        }
      }
      assertThat(taken).as("round " + round).hasSize(1);
      taken.get(0).requireHeld();
      taken.get(0).close();
    }
  }

  private void beatForAnother() {
    try {
      for (var file : fs.listStatus(output)) {
        fs.setTimes(file.getPath(), file.getModificationTime() + 1000, -1);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void deadProcessOfThisMachineIsTakenOverAtOnce() throws Exception {
    open(Storage.LOCAL, "dead");
    RunLease.Owner here = RunLease.Owner.here();
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    RunLease.Owner dead =
        new RunLease.Owner(
            1, "dead", "here", ended.pid(), 0, here.processSpace(), "", "2026-01-01T00:00:00Z", 0);
    RunLease.take(fs, output, dead, FakeTime.uneventful());
    FakeTime time = FakeTime.uneventful();

    RunLease next = RunLease.take(fs, output, here, time);

    assertThat(here.processSpace()).as("Linux tells").isNotEmpty();
    assertThat(time.seconds).isZero();
    next.close();
  }

  @Test
  void anotherProcessWithTheIdOfADeadOneIsNotMistakenForIt() {
    RunLease.Owner here = RunLease.Owner.here();
    RunLease.Owner before =
        new RunLease.Owner(
            1,
            "before",
            "here",
            here.pid(),
            here.processStarted() - 1,
            here.processSpace(),
            "",
            "",
            0);

    assertThat(here.gone()).isFalse();
    assertThat(before.gone()).isTrue();
    assertThat(elsewhere("far").gone()).isFalse();
  }

  @Test
  void halfWrittenClaimCountsAsOneUntilItStaysSilent() throws IOException {
    open(Storage.LOCAL, "half");
    Files.createDirectories(folder.resolve("half"));
    Files.writeString(folder.resolve("half/_running-4.json"), "{\"formatV");
    FakeTime time = FakeTime.uneventful();

    RunLease next = take("next", time);

    assertThat(time.seconds).isEqualTo(60);
    assertThat(files()).containsExactly("_running-5.json");
    next.close();
  }

  @Test
  void deletedClaimStopsTheRun() throws IOException {
    open(Storage.LOCAL, "deleted");
    RunLease first = take("first", FakeTime.uneventful());
    Files.delete(folder.resolve("deleted/_running-1.json"));

    assertThat(first.beat()).isFalse();
    assertThatThrownBy(first::requireHeld).hasMessageContaining("nobody: its file was deleted");
  }
}
