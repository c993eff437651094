package org.sparkgpt.scrape;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The WARC files of a crawl: {@code crawl-<round>-<task>-<attempt>.warc.gz}, with {@link #OPEN}
 * behind it while a task writes it, and {@link #LOST} while another one recovers it.
 */
final class CrawlFiles {
  static final String OPEN = ".open";
  static final String LOST = ".lost";

  private static final Logger LOG = LoggerFactory.getLogger(CrawlFiles.class);
  private static final Pattern NAME =
      Pattern.compile("(crawl-(\\d+)-(\\d+)-\\d+\\.warc\\.gz)(\\.open|\\.lost)?");
  private static final Duration LEASE_RECOVERY = Duration.ofMinutes(2);

  private final FileSystem fs;
  private final Path directory;

  CrawlFiles(Configuration conf, Path directory) throws IOException {
    FileSystem any = directory.getFileSystem(conf);
    // Without checksum files, whose stream keeps the last bytes to itself until it has a block.
    this.fs = any instanceof LocalFileSystem local ? local.getRaw() : any;
    this.directory = directory;
  }

  FileSystem fileSystem() {
    return fs;
  }

  /** A new file's name while it is written. */
  Path open(int round, int task, long attempt) {
    return new Path(
        directory, String.format("crawl-%05d-%05d-%d.warc.gz%s", round, task, attempt, OPEN));
  }

  static boolean isFinished(Path file) {
    return file.getName().equals(finishedName(file));
  }

  static String finishedName(Path unfinished) {
    Matcher name = NAME.matcher(unfinished.getName());
    if (!name.matches()) {
      throw new IllegalArgumentException(unfinished + ": not a file of a crawl");
    }
    return name.group(1);
  }

  /** All files of a round in order, finished or not. */
  List<Path> ofRound(int round) throws IOException {
    return list(name -> Integer.parseInt(name.group(2)) == round);
  }

  /** All files that attempts of one task of a round wrote, finished or not. */
  List<Path> ofTask(int round, int task) throws IOException {
    return list(
        name ->
            Integer.parseInt(name.group(2)) == round && Integer.parseInt(name.group(3)) == task);
  }

  @FunctionalInterface
  private interface Choice {
    boolean takes(Matcher name);
  }

  private List<Path> list(Choice choice) throws IOException {
    return Arrays.stream(fs.listStatus(directory))
        .filter(FileStatus::isFile)
        .map(FileStatus::getPath)
        .filter(
            file -> {
              Matcher name = NAME.matcher(file.getName());
              return name.matches() && choice.takes(name);
            })
        .sorted()
        .toList();
  }

  /**
   * Makes an unfinished file a finished one with the visits that were logged whole; whoever still
   * writes it fails from now on. Finished files stay as they are.
   *
   * @return the finished file; empty if nothing was logged in it, and it is gone
   */
  Optional<Path> recover(Path file) throws IOException {
    Path finished = new Path(directory, finishedName(file));
    if (isFinished(file)) {
      return Optional.of(file);
    }
    Path lost = new Path(directory, finished.getName() + LOST);
    if (!file.equals(lost)) {
      rename(file, lost);
    }
    if (fs.exists(finished)) { // recovered before, up to the deletion
      fs.delete(lost, false);
      return Optional.of(finished);
    }
    close(lost);
    Extent extent = extent(lost);
    long length = fs.getFileStatus(lost).getLen();
    LOG.info(
        "{}: unfinished; keeping {} visits and states, {} of {} bytes",
        finished.getName(),
        extent.said(),
        extent.bytes(),
        length);
    if (extent.said() == 0) {
      fs.delete(lost, false);
      return Optional.empty();
    }
    if (extent.bytes() == length) {
      rename(lost, finished);
    } else {
      Path copy = new Path(directory, "_" + finished.getName());
      copy(lost, copy, extent);
      rename(copy, finished);
      fs.delete(lost, false);
    }
    return Optional.of(finished);
  }

  private void rename(Path from, Path to) throws IOException {
    if (!fs.rename(from, to)) {
      throw new IOException("cannot rename " + from + " to " + to.getName());
    }
  }

  /** Takes the file from its writer where the file system knows of writers. */
  private void close(Path file) throws IOException {
    if (!(fs instanceof DistributedFileSystem hdfs)) {
      return;
    }
    Instant end = Instant.now().plus(LEASE_RECOVERY);
    while (!hdfs.recoverLease(file)) {
      if (Instant.now().isAfter(end)) {
        throw new IOException(
            file + ": HDFS does not end its lease; are enough DataNodes up? Then start again");
      }
      try {
        Thread.sleep(500);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  /** How far a file can be used. */
  private record Extent(long bytes, long said) {}

  private Extent extent(Path file) throws IOException {
    try (LogReader log = LogReader.cut(fs, file)) {
      boolean more = true;
      while (more) {
        more = log.next();
      }
      return new Extent(log.wholeBytes(), log.said());
    }
  }

  private void copy(Path from, Path to, Extent extent) throws IOException {
    try (FSDataInputStream in = fs.open(from);
        FSDataOutputStream out = fs.create(to, true)) {
      byte[] chunk = new byte[1 << 16];
      for (long left = extent.bytes(); left > 0; ) {
        int n = in.read(chunk, 0, (int) Math.min(chunk.length, left));
        if (n < 0) {
          throw new IOException(from + ": became shorter while it was recovered");
        }
        out.write(chunk, 0, n);
        left -= n;
      }
    }
    if (!extent(to).equals(extent)) {
      throw new IOException(to + ": not what was copied from " + from.getName());
    }
  }

  /** Reads a finished file. */
  LogReader read(Path file) throws IOException {
    return LogReader.whole(fs, file);
  }
}
