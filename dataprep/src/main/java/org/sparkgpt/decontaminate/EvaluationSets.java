package org.sparkgpt.decontaminate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** Finds and reads the files of the evaluation sets, on the driver. */
public final class EvaluationSets {
  private final Configuration conf;
  private final String name;
  private final EvaluationSet set;

  private EvaluationSets(Configuration conf, String name, EvaluationSet set) {
    this.conf = conf;
    this.name = name;
    this.set = set;
  }

  /**
   * Changes when a set does: SHA-256 over the sets' names and the bytes of their files, in order.
   *
   * @throws IllegalArgumentException if there are no sets, or one has no file
   */
  public static String digest(Configuration conf, DecontaminateConfig config) {
    config.requireSets();
    MessageDigest sha = sha256();
    config
        .sets()
        .forEach(
            (name, set) -> {
              sha.update((name + "\n").getBytes(StandardCharsets.UTF_8));
              EvaluationSets found = new EvaluationSets(conf, name, set);
              found.files().forEach(file -> sha.update(found.digest(file)));
            });
    return HexFormat.of().formatHex(sha.digest());
  }

  /**
   * The examples of each set, by name.
   *
   * @throws IllegalArgumentException if a set has no file, no example with a word in it, or a line
   *     that cannot be read
   */
  static List<Examples> read(Configuration conf, DecontaminateConfig config) {
    config.requireSets();
    List<Examples> sets = new ArrayList<>();
    for (Map.Entry<String, EvaluationSet> set : config.sets().entrySet()) {
      sets.add(new EvaluationSets(conf, set.getKey(), set.getValue()).read());
    }
    return sets;
  }

  private Examples read() {
    Examples examples = new Examples(name);
    List<Path> files = files();
    for (Path file : files) {
      examples.startFile(file);
      try {
        new ExampleReader(conf, key(), set, file, examples).read();
      } catch (IOException e) {
        throw new UncheckedIOException(key() + file + ": cannot be read: " + e.getMessage(), e);
      }
    }
    if (examples.wordCount() == 0) {
      throw new IllegalArgumentException(
          key() + set.path() + ": has no example with a word in it; is it the right file?");
    }
    return examples;
  }

  /** What messages begin with. */
  private String key() {
    return "decontaminate.sets." + name + ": ";
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    try {
      Path given = new Path(set.path());
      FileSystem fs = given.getFileSystem(conf);
      FileStatus[] matches =
          fs.exists(given) ? new FileStatus[] {fs.getFileStatus(given)} : fs.globStatus(given);
      for (FileStatus match : matches == null ? new FileStatus[0] : matches) {
        collect(fs, match, files);
      }
    } catch (UnsupportedFileSystemException e) {
      throw new IllegalArgumentException(
          key() + set.path() + ": " + e.getMessage() + "; use file:, hdfs: or s3a:", e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          key() + "cannot list " + set.path() + ": " + e.getMessage(), e);
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          key() + "no file at " + set.path() + "; give a file, a directory or a glob that exists");
    }
    files.sort(Comparator.comparing(Path::toString));
    return files;
  }

  private static void collect(FileSystem fs, FileStatus from, List<Path> files) throws IOException {
    if (from.isFile()) {
      files.add(from.getPath());
      return;
    }
    for (FileStatus child : fs.listStatus(from.getPath())) {
      String name = child.getPath().getName();
      if (!name.startsWith(".") && !name.startsWith("_")) {
        collect(fs, child, files);
      }
    }
  }

  private byte[] digest(Path file) {
    MessageDigest sha = sha256();
    try (InputStream in =
        new DigestInputStream(file.getFileSystem(conf).open(file, 1 << 16), sha)) {
      byte[] buffer = new byte[1 << 16];
      while (in.read(buffer) >= 0) {} // the digest listens
    } catch (IOException e) {
      throw new UncheckedIOException(key() + file + ": cannot be read: " + e.getMessage(), e);
    }
    return sha.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
