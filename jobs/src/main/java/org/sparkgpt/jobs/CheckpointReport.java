package org.sparkgpt.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.checkpoint.CheckpointException;
import org.sparkgpt.checkpoint.CheckpointManifest;
import org.sparkgpt.checkpoint.Checkpoints;
import org.sparkgpt.checkpoint.StoredFile;

/** What checkpoints hold and whether they are whole, as tables for people. */
final class CheckpointReport {
  private static final String ROW = "%-14s%s%n";
  private static final String COLUMNS = "%-16s %12s %18s %6s %8s %7s %6s %16s  %-20s  %s%n";

  private final FileSystem fs;
  private final boolean verify;
  private final PrintWriter out;

  /**
   * @param verify whether files are read and their checksums compared, not only looked for
   */
  CheckpointReport(FileSystem fs, boolean verify, PrintWriter out) {
    this.fs = fs;
    this.verify = verify;
    this.out = out;
  }

  /**
   * Prints one checkpoint.
   *
   * @return whether it is whole
   */
  boolean print(Checkpoint checkpoint) throws IOException {
    CheckpointManifest manifest = checkpoint.manifest();
    row("step", "%,d of %,d", checkpoint.step(), manifest.train().path("steps").asInt());
    row("tokens", "%,d", manifest.tokens());
    row("epoch", "%,d", manifest.epoch());
    row(
        "training",
        "%s, %d worker(s), batches of %d, seed %d",
        manifest.train().path("strategy").asText("?"),
        workers(manifest),
        manifest.train().path("batchSize").asInt(),
        manifest.seed());
    if (manifest.train().hasNonNull("deltas")) {
      row("deltas", "%s", manifest.train().get("deltas").asText());
    }
    row("parameters", "%,d", manifest.parameters());
    row("shared", "%s", String.join(", ", manifest.outer()));
    row(
        "per worker",
        "%s",
        manifest.inner().isEmpty() ? "nothing" : String.join(", ", manifest.inner()));
    row("size", "%,d bytes in %d files", manifest.bytes(), manifest.files().size());
    row("written", "%s", written(checkpoint.path()));
    List<String> damage = damage(checkpoint);
    row("state", "%s", state(damage));
    damage.forEach(out::println);
    return damage.isEmpty();
  }

  /**
   * Prints a line for each checkpoint of a training directory, oldest first.
   *
   * @return whether all are whole; one that was never finished does no harm
   */
  boolean print(Checkpoints checkpoints) throws IOException {
    out.printf(
        Locale.ROOT,
        COLUMNS,
        "checkpoint",
        "step",
        "tokens",
        "epoch",
        "strategy",
        "workers",
        "files",
        "bytes",
        "written",
        "state");
    List<String> damage = new ArrayList<>();
    for (Path path : checkpoints.complete()) {
      damage.addAll(line(path));
    }
    for (Path path : checkpoints.unfinished()) {
      out.println(path.getName() + ": not finished; the next training deletes it");
    }
    damage.forEach(out::println);
    return damage.isEmpty();
  }

  private List<String> line(Path path) throws IOException {
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoint.open(fs, path);
    } catch (CheckpointException e) {
      out.println(path.getName() + ": damaged");
      return List.of(e.getMessage());
    }
    CheckpointManifest manifest = checkpoint.manifest();
    List<String> damage = damage(checkpoint);
    out.printf(
        Locale.ROOT,
        COLUMNS,
        path.getName(),
        String.format(Locale.ROOT, "%,d", manifest.step()),
        String.format(Locale.ROOT, "%,d", manifest.tokens()),
        manifest.epoch(),
        manifest.train().path("strategy").asText("?"),
        workers(manifest),
        manifest.files().size(),
        String.format(Locale.ROOT, "%,d", manifest.bytes()),
        written(path),
        state(damage));
    return damage;
  }

  /** What is wrong with it, a line for each file. */
  private List<String> damage(Checkpoint checkpoint) {
    try {
      checkpoint.requireFiles();
    } catch (CheckpointException e) {
      return List.of(e.getMessage());
    }
    return verify
        ? checkpoint.manifest().files().parallelStream()
            .flatMap(file -> damage(checkpoint, file))
            .toList()
        : List.of();
  }

  private static Stream<String> damage(Checkpoint checkpoint, StoredFile file) {
    try {
      checkpoint.verify(file);
      return Stream.of();
    } catch (CheckpointException e) {
      return Stream.of(e.getMessage());
    }
  }

  private String state(List<String> damage) {
    if (!damage.isEmpty()) {
      return "damaged";
    }
    return verify ? "complete, checksums compared" : "complete";
  }

  private static int workers(CheckpointManifest manifest) {
    return manifest.train().path("workers").asInt();
  }

  private Instant written(Path checkpoint) throws IOException {
    Path manifest = new Path(checkpoint, CheckpointManifest.NAME);
    return Instant.ofEpochMilli(fs.getFileStatus(manifest).getModificationTime())
        .truncatedTo(ChronoUnit.SECONDS);
  }

  private void row(String name, String format, Object... values) {
    out.printf(Locale.ROOT, ROW, name, String.format(Locale.ROOT, format, values));
  }
}
