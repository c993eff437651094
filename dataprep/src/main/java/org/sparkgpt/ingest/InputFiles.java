package org.sparkgpt.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the files of the inputs, on the driver. */
final class InputFiles {
  private static final Logger LOG = LoggerFactory.getLogger(InputFiles.class);

  private final Configuration conf;
  private final IngestInput input;
  private final NameFilter filter;
  private final List<InputFile> files = new ArrayList<>();
  private long skipped;
  private String firstSkipped;

  private InputFiles(Configuration conf, IngestInput input) {
    this.conf = conf;
    this.input = input;
    this.filter = new NameFilter(input);
  }

  /**
   * All files, ordered by source.
   *
   * @throws IllegalArgumentException if an input has none
   */
  static List<InputFile> list(Configuration conf, List<IngestInput> inputs) {
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException(
          "ingest.inputs is empty: name at least one file, directory or glob to read");
    }
    List<InputFile> files = new ArrayList<>();
    for (IngestInput input : inputs) {
      files.addAll(new InputFiles(conf, input).find());
    }
    files.sort(Comparator.comparing(InputFile::source));
    return files;
  }

  private List<InputFile> find() {
    try {
      Path given = new Path(input.path());
      FileSystem fs = given.getFileSystem(conf);
      if (fs.exists(given)) {
        findBelow(fs, fs.getFileStatus(given), input.path());
      } else {
        findMatches(fs, given);
      }
    } catch (UnsupportedFileSystemException e) {
      throw new IllegalArgumentException(
          "ingest.inputs: " + input.path() + ": " + e.getMessage() + "; use file:, hdfs: or s3a:",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "ingest.inputs: cannot list " + input.path() + ": " + e.getMessage(), e);
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          "ingest.inputs: no file to read in "
              + input.path()
              + why()
              + "; ingest reads "
              + FileType.KNOWN);
    }
    if (skipped > 0) {
      LOG.info(
          "{}: skipped {} files of other types, such as {}", input.path(), skipped, firstSkipped);
    }
    return files;
  }

  private String why() {
    if (skipped > 0) {
      return ": " + skipped + " of other types, such as " + firstSkipped;
    }
    boolean filtered = !input.include().isEmpty() || !input.exclude().isEmpty();
    return filtered ? " that its include and exclude patterns let through" : "";
  }

  private void findBelow(FileSystem fs, FileStatus root, String givenAs) throws IOException {
    if (root.isFile()) {
      add(root, root.getPath().getName(), givenAs);
    } else {
      String prefix = givenAs.endsWith("/") ? givenAs : givenAs + "/";
      walk(fs, root, root.getPath(), prefix);
    }
  }

  private void findMatches(FileSystem fs, Path pattern) throws IOException {
    FileStatus[] matches = fs.globStatus(pattern);
    if (matches == null || matches.length == 0) {
      throw new IllegalArgumentException(
          "ingest.inputs: nothing at "
              + input.path()
              + "; give a file, a directory or a glob that exists");
    }
    String prefix = fixedPrefix(input.path());
    Path root = prefix.isEmpty() ? fs.getWorkingDirectory() : fs.makeQualified(new Path(prefix));
    for (FileStatus match : matches) {
      walk(fs, match, root, prefix);
    }
  }

  /** The part of a glob before the first directory that varies; ends with a slash or is empty. */
  private static String fixedPrefix(String glob) {
    int variable = 0;
    while (variable < glob.length() && "*?[{\\".indexOf(glob.charAt(variable)) < 0) {
      variable++;
    }
    return glob.substring(0, glob.lastIndexOf('/', variable - 1) + 1);
  }

  private void walk(FileSystem fs, FileStatus from, Path root, String prefix) throws IOException {
    Deque<FileStatus> open = new ArrayDeque<>(List.of(from));
    while (!open.isEmpty()) {
      FileStatus next = open.pop();
      if (next.isDirectory()) {
        Arrays.stream(fs.listStatus(next.getPath()))
            .filter(child -> !isHidden(child.getPath().getName()))
            .forEach(open::push);
      } else {
        String name = below(root, next.getPath());
        add(next, name, prefix + name);
      }
    }
  }

  /** As Spark has it: what tools put beside data begins so. */
  private static boolean isHidden(String name) {
    return name.startsWith(".") || name.startsWith("_");
  }

  private static String below(Path root, Path file) {
    String parent = root.toUri().getPath();
    String prefix = parent.endsWith("/") ? parent : parent + "/";
    String path = file.toUri().getPath();
    return path.startsWith(prefix) ? path.substring(prefix.length()) : file.getName();
  }

  private void add(FileStatus status, String name, String source) {
    Optional<FileType> type = FileType.of(name);
    if (type.isEmpty()) {
      firstSkipped = skipped == 0 || source.compareTo(firstSkipped) < 0 ? source : firstSkipped;
      skipped++;
      return;
    }
    boolean archive = type.get().format().isArchive();
    if (archive ? !filter.excludes(name) : filter.accepts(name)) {
      String path = status.getPath().toString();
      files.add(
          new InputFile(
              path, source, status.getLen(), status.getModificationTime(), type.get(), filter));
    }
  }
}
