package org.sparkgpt.stage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a command that has no run to itself writes its output until it is whole: {@code
 * DIR.tmp-<uuid>} beside {@code DIR}, with a {@link RunLease} in it. What killed commands left
 * there goes when the next one begins; what shows life stays.
 */
public final class UnfinishedOutput implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UnfinishedOutput.class);
  private static final String INFIX = ".tmp-";
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final FileSystem fs;
  private final Path target;
  private final Path working;
  private final RunLease lease;

  private UnfinishedOutput(FileSystem fs, Path target, Path working, RunLease lease) {
    this.fs = fs;
    this.target = target;
    this.working = working;
    this.lease = lease;
  }

  /**
   * @param target where the output will be
   */
  public static UnfinishedOutput of(FileSystem fs, Path target) throws IOException {
    return of(fs, target, working -> RunLease.take(fs, working, () -> {}));
  }

  /** As {@link RunLease#take(FileSystem, Path, Runnable)}; tests have their own time. */
  @FunctionalInterface
  interface Claim {
    RunLease take(Path working) throws IOException;
  }

  static UnfinishedOutput of(FileSystem fs, Path target, Claim claim) throws IOException {
    Path out = fs.makeQualified(new Path(target.toString())); // no slash at the end
    sweep(fs, out, claim);
    Path working = new Path(out.getParent(), out.getName() + INFIX + UUID.randomUUID());
    return new UnfinishedOutput(fs, out, working, claim.take(working));
  }

  private static void sweep(FileSystem fs, Path target, Claim claim) throws IOException {
    for (FileStatus other : others(fs, target)) {
      Path path = other.getPath();
      try (RunLease dead = claim.take(path)) {
        dead.requireHeld();
        LOG.info("removing {}, which was never finished", path);
        fs.delete(path, true);
      } catch (RunInProgress e) {
        LOG.info("{} stays: it is being written", path);
      }
    }
  }

  private static List<FileStatus> others(FileSystem fs, Path target) throws IOException {
    String prefix = target.getName() + INFIX;
    try {
      return Stream.of(fs.listStatus(target.getParent(), p -> p.getName().startsWith(prefix)))
          .filter(FileStatus::isDirectory)
          .filter(d -> ID.matcher(d.getPath().getName().substring(prefix.length())).matches())
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  /** Where to write: a directory that is not there yet. */
  public Path directory() {
    return new Path(working, "output");
  }

  /**
   * Puts the directory in its place; what was there goes.
   *
   * @throws RunInProgress if this process was taken for dead, having been suspended
   */
  public void publish() throws IOException {
    lease.requireHeld();
    StageRunner.publish(fs, directory(), target);
  }

  /** Removes what was not published. */
  @Override
  public void close() throws IOException {
    lease.close();
    fs.delete(working, true);
  }
}
