package org.sparkgpt.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.checkpoint.DurableFile;

/**
 * The rounds as lines of JSON ({@link RoundReport}) beside the checkpoints. A run writes {@code
 * metrics-<step it began at>.jsonl} as it goes, because not every file system can append; when it
 * ends, {@code metrics.jsonl} gets the lines of all runs. Steps that an interrupted run took after
 * the checkpoint it was resumed from appear once, as the resumed run took them.
 */
public final class MetricsFile implements AutoCloseable {
  /** All rounds of all runs; there when a run has ended. */
  public static final String MERGED = "metrics.jsonl";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileSystem fs;
  private final Path directory;
  private final FSDataOutputStream out;

  MetricsFile(FileSystem checkpoints, Path directory, int firstStep) throws IOException {
    fs = TrainingStart.forGrowingFiles(checkpoints);
    this.directory = directory;
    fs.mkdirs(directory);
    for (Path later : parts(fs, directory)) {
      if (stepOf(later) >= firstStep) {
        fs.delete(later, false);
      }
    }
    out = fs.create(new Path(directory, String.format("metrics-%09d.jsonl", firstStep)), true);
  }

  void add(RoundReport round) {
    try {
      out.write((round.json() + "\n").getBytes(StandardCharsets.UTF_8));
      out.hflush();
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": metrics cannot be written", e);
    }
  }

  /** Ends this run's file and brings the lines of all runs together. */
  @Override
  public void close() {
    try {
      out.close();
      Path unfinished = new Path(directory, MERGED + ".tmp");
      fs.delete(unfinished, false);
      DurableFile.write(
          fs,
          unfinished,
          merged ->
              lines(
                  fs,
                  directory,
                  line -> merged.write((line + "\n").getBytes(StandardCharsets.UTF_8))));
      Path target = new Path(directory, MERGED);
      fs.delete(target, false);
      if (!fs.rename(unfinished, target)) {
        throw new IOException("cannot rename " + unfinished);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": metrics cannot be written", e);
    }
  }

  /**
   * The rounds of all runs in a directory, in order, also of one that is still going; none if
   * nothing has been trained there.
   */
  public static void read(FileSystem checkpoints, Path directory, Consumer<RoundReport> reader)
      throws IOException {
    FileSystem fs = TrainingStart.forGrowingFiles(checkpoints);
    lines(fs, directory, line -> reader.accept(RoundReport.parse(line)));
  }

  private interface LineReader {
    void accept(String line) throws IOException;
  }

  private static void lines(FileSystem fs, Path directory, LineReader reader) throws IOException {
    List<Path> parts = parts(fs, directory);
    for (int i = 0; i < parts.size(); i++) {
      long end = i + 1 < parts.size() ? stepOf(parts.get(i + 1)) : Long.MAX_VALUE;
      lines(fs, parts.get(i), end, reader);
    }
  }

  /** Lines up to step {@code end}; a killed run may have left its last one unfinished. */
  private static void lines(FileSystem fs, Path part, long end, LineReader reader)
      throws IOException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(fs.open(part), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      String next = lines.readLine();
      while (line != null) {
        boolean whole = next != null || isJson(line);
        if (whole && JSON.readTree(line).path("step").asLong() <= end) {
          reader.accept(line);
        }
        line = next;
        next = lines.readLine();
      }
    }
  }

  private static boolean isJson(String line) {
    try {
      return JSON.readTree(line).isObject();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static List<Path> parts(FileSystem fs, Path directory) throws IOException {
    List<Path> parts = new ArrayList<>();
    if (fs.exists(directory)) {
      for (FileStatus status : fs.listStatus(directory)) {
        if (status.getPath().getName().matches("metrics-\\d{9,10}\\.jsonl")) {
          parts.add(status.getPath());
        }
      }
    }
    parts.sort(Comparator.comparingLong(MetricsFile::stepOf));
    return parts;
  }

  private static long stepOf(Path part) {
    return Long.parseLong(part.getName().replaceAll("\\D", ""));
  }
}
