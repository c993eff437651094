package org.sparkgpt.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

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
    // Checksums of a local file are of no use while it grows, and spoil it when the run is killed.
    fs = checkpoints instanceof LocalFileSystem local ? local.getRawFileSystem() : checkpoints;
    this.directory = directory;
    fs.mkdirs(directory);
    for (Path later : parts()) {
      if (stepOf(later) >= firstStep) {
        fs.delete(later, false);
      }
    }
    out = fs.create(new Path(directory, String.format("metrics-%09d.jsonl", firstStep)), true);
  }

  void add(RoundReport round) {
    try {
      ObjectNode line = JSON.valueToTree(round);
      line.properties().removeIf(field -> !Double.isFinite(field.getValue().asDouble()));
      out.write((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
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
      try (FSDataOutputStream merged = fs.create(unfinished, true)) {
        List<Path> parts = parts();
        for (int i = 0; i < parts.size(); i++) {
          long end = i + 1 < parts.size() ? stepOf(parts.get(i + 1)) : Long.MAX_VALUE;
          copy(parts.get(i), end, merged);
        }
      }
      Path target = new Path(directory, MERGED);
      fs.delete(target, false);
      if (!fs.rename(unfinished, target)) {
        throw new IOException("cannot rename " + unfinished);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": metrics cannot be written", e);
    }
  }

  /** Lines up to step {@code end}; a killed run may have left its last one unfinished. */
  private void copy(Path part, long end, FSDataOutputStream merged) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(fs.open(part), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.endsWith("}") && JSON.readTree(line).path("step").asLong() <= end) {
          merged.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }

  private List<Path> parts() throws IOException {
    List<Path> parts = new ArrayList<>();
    for (FileStatus status : fs.listStatus(directory)) {
      if (status.getPath().getName().matches("metrics-\\d{9,10}\\.jsonl")) {
        parts.add(status.getPath());
      }
    }
    parts.sort(java.util.Comparator.comparingLong(MetricsFile::stepOf));
    return parts;
  }

  private static long stepOf(Path part) {
    return Long.parseLong(part.getName().replaceAll("\\D", ""));
  }
}
