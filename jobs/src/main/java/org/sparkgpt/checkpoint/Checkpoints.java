package org.sparkgpt.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a run's checkpoints. One that is being written is called {@code
 * step-000001000.tmp-<id>}; it gets its name when it is complete. Only one run may write to a
 * directory at a time.
 */
public final class Checkpoints {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final Pattern NAME = Pattern.compile("step-\\d{9,10}");
  private static final String UNFINISHED = ".tmp-";

  private final FileSystem fs;
  private final Path directory;

  public Checkpoints(FileSystem fs, Path directory) {
    this.fs = fs;
    this.directory = fs.makeQualified(directory);
  }

  public FileSystem fileSystem() {
    return fs;
  }

  public Path directory() {
    return directory;
  }

  /**
   * The checkpoint with the most steps. Its files are there in their sizes; they are not read: a
   * damaged one is refused, by name, when it is.
   *
   * @throws CheckpointException if it is damaged: which older one to take in its place is for the
   *     operator to say
   */
  public Optional<Checkpoint> newestComplete() {
    List<Path> complete = complete();
    return complete.isEmpty()
        ? Optional.empty()
        : Optional.of(Checkpoint.open(fs, complete.get(complete.size() - 1)).requireFiles());
  }

  /** The complete checkpoints' directories, oldest first. */
  public List<Path> complete() {
    List<Path> complete = new ArrayList<>();
    for (Path path : list()) {
      if (NAME.matcher(path.getName()).matches() && exists(manifestOf(path))) {
        complete.add(path);
      }
    }
    complete.sort(Comparator.comparingLong(Checkpoints::stepOf));
    return complete;
  }

  /** Directories of checkpoints that are being written, or never were to the end. */
  public List<Path> unfinished() {
    List<Path> unfinished = new ArrayList<>();
    for (Path path : list()) {
      boolean unnamed = path.getName().contains(UNFINISHED);
      if (unnamed || NAME.matcher(path.getName()).matches() && !exists(manifestOf(path))) {
        unfinished.add(path);
      }
    }
    return unfinished;
  }

  /** Deletes what an interrupted run left half-written. */
  public void sweep() {
    for (Path path : unfinished()) {
      LOG.info("deleting {}, which was never finished", path);
      delete(path);
    }
  }

  /**
   * Deletes all but the newest {@code keepLast} and those at multiples of {@code keepEvery} steps.
   *
   * @param keepEvery null: none
   */
  public void prune(int keepLast, Integer keepEvery) {
    List<Path> complete = complete();
    for (Path path : complete.subList(0, Math.max(0, complete.size() - keepLast))) {
      if (keepEvery == null || stepOf(path) % keepEvery != 0) {
        // The manifest goes first: an interrupted deletion leaves no checkpoint that looks
        // complete.
        delete(manifestOf(path));
        delete(path);
      }
    }
  }

  Path temporary(String name) {
    return new Path(directory, name + UNFINISHED + UUID.randomUUID());
  }

  static String name(int step) {
    return String.format("step-%09d", step);
  }

  private static long stepOf(Path path) {
    return Long.parseLong(path.getName().substring("step-".length()));
  }

  private static Path manifestOf(Path path) {
    return new Path(path, CheckpointManifest.NAME);
  }

  private List<Path> list() {
    try {
      List<Path> paths = new ArrayList<>();
      if (fs.exists(directory)) {
        for (FileStatus status : fs.listStatus(directory)) {
          if (status.isDirectory()) {
            paths.add(status.getPath());
          }
        }
      }
      return paths;
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  private boolean exists(Path path) {
    try {
      return fs.exists(path);
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  void delete(Path path) {
    try {
      if (!fs.delete(path, true) && fs.exists(path)) {
        throw new IOException("cannot be deleted");
      }
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private static UncheckedIOException failed(Path path, IOException e) {
    return new UncheckedIOException(path + ": " + CheckpointException.reason(e), e);
  }
}
