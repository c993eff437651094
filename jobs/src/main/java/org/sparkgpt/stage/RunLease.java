package org.sparkgpt.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run's claim on its output directory, so that two attempts of a scheduler never write there
 * together.
 *
 * <p>The claim is the file {@code _running-<n>.json}; the highest {@code n} holds. It is created
 * where it must not exist yet, which HDFS and local file systems do for one caller only (object
 * stores do not: there, attempts that begin within the same second may both go on), and rewritten
 * every {@link #BEAT}. An attempt that finds one watches it. If it changes, its owner lives and the
 * attempt is refused; if it stays as it is for {@link #SILENCE}, the attempt takes over by creating
 * {@code n + 1}. Only the watcher's clock counts, so clocks need not agree. The wait is spared
 * where the owner's process is known to be gone: same machine, same process namespace, no such
 * process.
 *
 * <p>An owner that was taken over, having been suspended for a minute, learns it at its next beat
 * or at {@link #requireHeld}, and stops.
 *
 * <p>Fields of the file: {@code formatVersion}, {@code run} (random), {@code host}, {@code pid},
 * {@code processStarted} (milliseconds since 1970, 0: unknown), {@code processSpace} (boot and
 * process namespace, empty: unknown), {@code container} (YARN's, empty: none), {@code since} (ISO
 * 8601), {@code beats} (a count).
 */
public final class RunLease implements AutoCloseable {
  public static final Duration BEAT = Duration.ofSeconds(10);
  public static final Duration SILENCE = Duration.ofSeconds(60);

  /** Between Spark's shutdown, which ends the work, and Hadoop's, which closes file systems. */
  private static final int SHUTDOWN_PRIORITY = 20;

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int FORMAT_VERSION = 1;
  private static final Pattern NAME = Pattern.compile("_running-(\\d+)\\.json");
  private static final Logger LOG = LoggerFactory.getLogger(RunLease.class);
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  /** What the file says. */
  record Owner(
      int formatVersion,
      String run,
      String host,
      long pid,
      long processStarted,
      String processSpace,
      String container,
      String since,
      long beats) {
    /** This process. */
    static Owner here() {
      ProcessHandle process = ProcessHandle.current();
      String container = System.getenv("CONTAINER_ID");
      return new Owner(
          FORMAT_VERSION,
          UUID.randomUUID().toString(),
          NetUtils.getLocalHostname(),
          process.pid(),
          started(process),
          thisSpace(),
          container == null ? "" : container,
          Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
          0);
    }

    Owner beat() {
      return new Owner(
          formatVersion, run, host, pid, processStarted, processSpace, container, since, beats + 1);
    }

    /** Whether the process is known to have ended; false where this machine cannot tell. */
    boolean gone() {
      if (processSpace.isEmpty() || !processSpace.equals(thisSpace())) {
        return false;
      }
      return ProcessHandle.of(pid).map(p -> started(p) != processStarted).orElse(true);
    }

    private static long started(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    /** In which process ids mean the same: one boot of a machine, one process namespace. */
    private static String thisSpace() {
      try {
        return Files.readString(java.nio.file.Path.of("/proc/sys/kernel/random/boot_id")).strip()
            + " "
            + Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/ns/pid"));
      } catch (IOException e) {
        return ""; // not Linux
      }
    }

    @Override
    public String toString() {
      return host + ", process " + pid + (container.isEmpty() ? "" : ", " + container);
    }
  }

  /**
   * A lease file as it was at one moment; equal if nothing happened to it.
   *
   * @param text empty while its owner is writing it
   */
  private record Seen(long number, long modified, String text) {
    Optional<Owner> owner() {
      try {
        return text.isEmpty() ? Optional.empty() : Optional.of(JSON.readValue(text, Owner.class));
      } catch (JsonProcessingException e) {
        return Optional.empty();
      }
    }

    boolean gone() {
      return owner().map(Owner::gone).orElse(false);
    }

    String who() {
      return owner().map(o -> o + ", since " + o.since()).orElse("owner not known");
    }
  }

  /** Time as it passes while an attempt watches; tests have their own. */
  interface Watch {
    Instant now();

    void pause(Duration time) throws InterruptedException;
  }

  private static final Watch REAL =
      new Watch() {
        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public void pause(Duration time) throws InterruptedException {
          Thread.sleep(time.toMillis());
        }
      };

  private final FileSystem fs;
  private final Path directory;
  private final long number;
  private Owner owner;
  private boolean held = true;
  private String lostTo;
  private ScheduledExecutorService beating;
  private final Runnable atShutdown = this::release;

  private RunLease(FileSystem fs, Path directory, long number, Owner owner) {
    this.fs = fs;
    this.directory = directory;
    this.number = number;
    this.owner = owner;
  }

  /**
   * Claims {@code directory} for this process and keeps the claim until {@link #close}, or until
   * the process ends, however it ends.
   *
   * @param onLost called at most once, from another thread, when another run has taken over
   * @throws RunInProgress if another run lives
   */
  public static RunLease take(FileSystem fs, Path directory, Runnable onLost) throws IOException {
    RunLease lease = take(fs, directory, Owner.here(), REAL);
    ShutdownHookManager.get().addShutdownHook(lease.atShutdown, SHUTDOWN_PRIORITY);
    lease.beating =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "run-lease");
              thread.setDaemon(true);
              return thread;
            });
    long every = BEAT.toMillis();
    lease.beating.scheduleAtFixedRate(
        () -> {
          if (!lease.beat()) {
            lease.beating.shutdown();
            onLost.run();
          }
        },
        every,
        every,
        TimeUnit.MILLISECONDS);
    return lease;
  }

  /** Claims without beating: the caller calls {@link #beat}. */
  static RunLease take(FileSystem anyFs, Path directory, Owner me, Watch watch) throws IOException {
    // Without local checksum files, which a reader could find at odds with a file being rewritten.
    FileSystem fs = anyFs instanceof LocalFileSystem local ? local.getRaw() : anyFs;
    fs.mkdirs(directory);
    Optional<Seen> before = newest(fs, directory);
    if (before.isPresent() && !silent(fs, directory, before.get(), watch)) {
      before = Optional.empty(); // given back while we watched
    }
    long number = before.map(Seen::number).orElse(0L) + 1;
    RunLease lease = new RunLease(fs, directory, number, me);
    if (!lease.create()) {
      throw refused(directory, newest(fs, directory));
    }
    for (Seen other : all(fs, directory)) {
      boolean judged = before.isPresent() && other.number() == before.get().number();
      if (other.number() != number && !judged) {
        lease.release();
        throw refused(directory, Optional.of(other));
      }
    }
    before.ifPresent(
        silent ->
            LOG.warn("{}: taking over from a run that shows no life: {}", directory, silent.who()));
    lease.deleteOlder();
    return lease;
  }

  /** Watches a lease: true if its owner is gone, false if it was given back. */
  private static boolean silent(FileSystem fs, Path directory, Seen first, Watch watch)
      throws IOException {
    if (first.gone()) {
      return true;
    }
    LOG.info(
        "{}: claimed by {}; watching up to {} s for a sign of life",
        directory,
        first.who(),
        SILENCE.toSeconds());
    Instant end = watch.now().plus(SILENCE);
    while (watch.now().isBefore(end)) {
      try {
        watch.pause(LOOK);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw refused(directory, Optional.of(first));
      }
      Optional<Seen> now = newest(fs, directory);
      if (now.isEmpty()) {
        return false;
      }
      if (!now.get().equals(first)) {
        throw refused(directory, now);
      }
    }
    return true;
  }

  private static RunInProgress refused(Path directory, Optional<Seen> by) {
    return new RunInProgress(
        directory
            + ": another run is working on it ("
            + by.map(Seen::who).orElse("it has just begun")
            + "); this one did nothing");
  }

  /**
   * Shows life; false once the claim is another's.
   *
   * <p>A file system that does not answer is no reason to stop: nobody else can take over there.
   */
  synchronized boolean beat() {
    if (!held) {
      return lostTo == null;
    }
    try {
      Optional<Seen> newest = newest(fs, directory);
      if (newest.isEmpty() || newest.get().number() != number) {
        held = false;
        lostTo = newest.map(Seen::who).orElse("nobody: its file was deleted");
        LOG.error("{}: this run's claim went to {}; stopping", directory, lostTo);
        return false;
      }
      owner = owner.beat();
      try (FSDataOutputStream out = fs.create(file(number), true)) {
        out.write(JSON.writeValueAsBytes(owner));
      }
    } catch (IOException e) {
      LOG.warn("{}: cannot renew the claim, trying again: {}", directory, e.toString());
    }
    return true;
  }

  /**
   * Checks, before something is put in its final place, that it is still this run's to do.
   *
   * @throws RunInProgress if another run has taken over
   */
  public void requireHeld() {
    if (!beat()) {
      throw new RunInProgress(
          directory
              + ": while this run was suspended its claim went to "
              + lostTo
              + "; it stopped");
    }
  }

  @Override
  public void close() {
    if (beating != null) {
      beating.shutdownNow();
      if (!ShutdownHookManager.get().isShutdownInProgress()) {
        ShutdownHookManager.get().removeShutdownHook(atShutdown);
      }
    }
    release();
  }

  private synchronized void release() {
    if (!held) {
      return;
    }
    held = false;
    try {
      fs.delete(file(number), false);
    } catch (IOException e) {
      LOG.warn(
          "{}: cannot give the claim back, the next run will wait {} s: {}",
          directory,
          SILENCE.toSeconds(),
          e.toString());
    }
  }

  /** Creates the file; false if another attempt has. */
  private boolean create() throws IOException {
    byte[] text = JSON.writeValueAsBytes(owner);
    Path file = file(number);
    try (OutputStream out =
        fs instanceof RawLocalFileSystem local
            // Hadoop looks first and creates then; the system call does both at once.
            ? Files.newOutputStream(
                local.pathToFile(file).toPath(),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)
            : fs.create(file, false)) {
      out.write(text);
      return true;
    } catch (IOException e) {
      if (fs.exists(file)) {
        return false;
      }
      throw e;
    }
  }

  private void deleteOlder() throws IOException {
    for (Seen other : all(fs, directory)) {
      if (other.number() < number) {
        fs.delete(file(other.number()), false);
      }
    }
  }

  private Path file(long n) {
    return new Path(directory, "_running-" + n + ".json");
  }

  private static Optional<Seen> newest(FileSystem fs, Path directory) throws IOException {
    return all(fs, directory).stream().max(Comparator.comparingLong(Seen::number));
  }

  private static List<Seen> all(FileSystem fs, Path directory) throws IOException {
    try {
      FileStatus[] files = fs.listStatus(directory, path -> NAME.matcher(path.getName()).matches());
      return Stream.of(files).map(file -> seen(fs, file)).toList();
    } catch (FileNotFoundException e) {
      return List.of(); // somebody deleted the directory
    }
  }

  private static Seen seen(FileSystem fs, FileStatus file) {
    Matcher name = NAME.matcher(file.getPath().getName());
    long number = name.matches() ? Long.parseLong(name.group(1)) : 0;
    try (FSDataInputStream in = fs.open(file.getPath())) {
      return new Seen(
          number,
          file.getModificationTime(),
          new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) { // being rewritten or just given back
      return new Seen(number, file.getModificationTime(), "");
    }
  }
}
