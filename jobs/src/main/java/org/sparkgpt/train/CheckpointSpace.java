package org.sparkgpt.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.QuotaUsage;
import org.apache.hadoop.security.AccessControlException;

/** Whether a run's checkpoints have room on the file system they go to. */
final class CheckpointSpace {
  /** File systems with a cheap answer about quotas; others would walk through the whole tree. */
  private static final List<String> WITH_QUOTAS = List.of("hdfs", "webhdfs", "swebhdfs");

  private final FileSystem fs;
  private final Path directory;
  private final StateSize state;
  private final TrainConfig config;

  CheckpointSpace(FileSystem fs, Path directory, StateSize state, TrainConfig config) {
    this.fs = fs;
    this.directory = fs.makeQualified(directory);
    this.state = state;
    this.config = config;
  }

  /**
   * Compares what the run will need further with what is left. Checkpoints that are there already
   * count as its own: it resumes, or replaces them.
   *
   * @param writers files that are written at the same time
   * @param elsewhere hosts of executors other than the driver's
   */
  Finding examine(int writers, List<String> elsewhere) {
    try {
      Path existing = existing(directory);
      long one = state.checkpoint();
      long count = most(config);
      long stored = fs.exists(directory) ? fs.getContentSummary(directory).getLength() : 0;
      long more = Math.max(one, count * one - stored);
      int replication = fs.getDefaultReplication(existing);
      long raw = more * replication;
      long free = fs.getStatus(existing).getRemaining();
      // HDFS charges a file that is being written with whole blocks
      long block = fs.getDefaultBlockSize(existing);
      long charged = raw + writers * block * replication;
      Optional<Quota> quota = leastQuota(existing).filter(least -> least.left() < charged);
      String fewer =
          "; set train.keepLast lower or train.keepEvery higher, or choose another output";
      return Finding.of("checkpoints")
          .wrongIf(
              free < raw,
              "%s has %s free, %s more are needed%s"
                  .formatted(fs.getUri(), megabytes(free), megabytes(raw), fewer))
          .wrongIf(
              quota.isPresent(),
              quota
                  .map(
                      least ->
                          "the space quota of %s leaves %s, %s are needed with the blocks that are"
                                  .formatted(
                                      least.path(), megabytes(least.left()), megabytes(charged))
                              + " being written; raise it (hdfs dfsadmin -setSpaceQuota)"
                              + fewer)
                  .orElse(""))
          .doubtfulIf(
              directory.toUri().getScheme().equals("file") && !elsewhere.isEmpty(),
              ("%s is a local path, but executors run on %s: they must see the same"
                          + " directory; choose")
                      .formatted(directory, String.join(", ", elsewhere))
                  + " an output on HDFS or another shared file system")
          .with(
              "%d x %s x replication %d, %s at %s,",
              count,
              megabytes(one),
              replication,
              free == Long.MAX_VALUE ? "no limit" : megabytes(free) + " free",
              directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": " + e.getMessage(), e);
    }
  }

  /** Checkpoints that exist at the same time, at most. */
  static long most(TrainConfig config) {
    if (config.strategy() == Strategy.DL4J) {
      return 1; // at the end
    }
    long all = (config.steps() + config.checkpointSteps() - 1L) / config.checkpointSteps();
    long forGood = config.keepEvery() == null ? 0 : config.steps() / config.keepEvery();
    int roundSteps = config.stepsOfRound(0);
    boolean cutsBetween = config.checkpointSteps() / roundSteps > TrainingLoop.LINEAGE_ROUNDS;
    // the newest is complete before the oldest goes; so is the state that cuts the lineage
    return Math.min(all, config.keepLast() + 1 + forGood) + (cutsBetween ? 1 : 0);
  }

  private Path existing(Path path) throws IOException {
    Path existing = path;
    while (!fs.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return existing;
  }

  /** A quota on space, of raw bytes. */
  private record Quota(Path path, long left) {}

  /** Any directory on the way to the root may have one. */
  private Optional<Quota> leastQuota(Path existing) throws IOException {
    Optional<Quota> least = Optional.empty();
    if (!WITH_QUOTAS.contains(fs.getUri().getScheme())) {
      return least;
    }
    try {
      for (Path path = existing; path != null; path = path.getParent()) {
        QuotaUsage usage = fs.getQuotaUsage(path);
        long left = usage.getSpaceQuota() - usage.getSpaceConsumed();
        if (usage.getSpaceQuota() >= 0 && left < least.map(Quota::left).orElse(Long.MAX_VALUE)) {
          least = Optional.of(new Quota(path, left));
        }
      }
    } catch (AccessControlException e) {
      return least; // what lies above is not ours to see; writing tells
    }
    return least;
  }

  static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.0f MB", Math.ceil(bytes / 1e6));
  }
}
