package org.sparkgpt.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.DoubleSupplier;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a stage once: skips it when its output was made with the same settings from the same inputs,
 * refuses to touch an output made otherwise unless told to overwrite, and makes the output appear
 * whole or not at all. Repeating a run is therefore safe.
 */
public final class StageRunner {
  private static final Logger LOG = LoggerFactory.getLogger(StageRunner.class);
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private final FileSystem fs;
  private final Path output;
  private final boolean overwrite;
  private final RunLease lease;
  private final DoubleSupplier coreSeconds;

  /**
   * @param output the run's directory; each stage writes one directory below it
   * @param overwrite whether an output made with other settings or inputs may be replaced
   * @param lease the run's claim on its directory, without which nothing is finished there
   * @param coreSeconds that Spark's tasks have held so far
   */
  public StageRunner(
      FileSystem fs, Path output, boolean overwrite, RunLease lease, DoubleSupplier coreSeconds) {
    this.fs = fs;
    this.output = output;
    this.overwrite = overwrite;
    this.lease = lease;
    this.coreSeconds = coreSeconds;
  }

  /** The manifest of the finished stage, and whether it had been finished before. */
  public record Result(StageManifest manifest, boolean skipped) {}

  public Result run(Stage stage) throws IOException {
    Path target = stage.name().directory(output);
    SortedMap<String, String> inputs = new TreeMap<>(stage.inputs());
    JsonNode config = JSON.valueToTree(new TreeMap<>(stage.settings()));
    String digest = digest(stage.name(), config, inputs);
    Optional<StageManifest> before = StageManifest.find(fs, target);
    boolean same = before.isPresent() && before.get().digest().equals(digest);
    if (same && !stage.due()) {
      LOG.info("{}: up to date", stage.name());
      return new Result(before.get(), true);
    }
    boolean goesOn = stage.name().accumulates();
    if (before.isPresent() && !overwrite && !goesOn) {
      throw new IllegalArgumentException(
          target
              + ": made with other "
              + difference(before.get(), stage.name(), config, inputs)
              + "; add --overwrite to make it again, or choose another output=");
    }
    boolean unfinished = before.isEmpty() && fs.exists(target);
    if (unfinished && !stage.name().resumes() && !overwrite) {
      throw new IllegalArgumentException(
          target
              + ": exists but was not written by sparkgpt (no "
              + StageManifest.FILE
              + "); move it away, or add --overwrite to replace it");
    }
    stage.check().run();
    sweep(stage.name());
    boolean inPlace = stage.name().resumes();
    Path working = inPlace ? target : temporary(stage.name());
    if (goesOn) {
      fs.delete(
          new Path(target, StageManifest.FILE), false); // unfinished until it is written again
    } else if (inPlace && overwrite) {
      fs.delete(target, true);
    }
    fs.mkdirs(working);
    Instant start = Instant.now();
    double coreSecondsBefore = coreSeconds.getAsDouble();
    Stage.Outcome outcome = stage.work().write(working);
    lease.requireHeld();
    double coreSecondsHeld = coreSeconds.getAsDouble() - coreSecondsBefore;
    StageManifest manifest =
        manifest(stage, digest, inputs, config, working, outcome, start, coreSecondsHeld);
    manifest.write(fs, working);
    if (!inPlace) {
      publish(fs, working, target);
    }
    return new Result(manifest, false);
  }

  /**
   * The manifest of a stage that another one reads.
   *
   * @throws IllegalArgumentException if it has not finished, or has written documents in another
   *     format, naming the command that makes it
   * @throws IllegalStateException if one of its files is missing or has another size
   */
  public StageManifest require(StageName name) throws IOException {
    return requireIn(name.directory(output), name);
  }

  /** As {@link #require(StageName)}, of any format, for those who look and run no stage. */
  public static StageManifest require(FileSystem fs, Path output, StageName name)
      throws IOException {
    return requireIn(fs, name.directory(output), name);
  }

  /** {@link #require(StageName)} of another run's stage, which wrote {@code directory}. */
  public StageManifest requireIn(Path directory, StageName name) throws IOException {
    StageManifest manifest = requireIn(directory.getFileSystem(fs.getConf()), directory, name);
    if (name.writesDocuments()) {
      DocumentTable.requireFormat(manifest, directory);
    }
    return manifest;
  }

  private static StageManifest requireIn(FileSystem fs, Path directory, StageName name)
      throws IOException {
    StageManifest manifest =
        StageManifest.find(fs, directory)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        directory
                            + ": no finished '"
                            + name
                            + "' here; run it first: scripts/sparkgpt "
                            + name
                            + " <run.yaml>, or the whole chain up to it: scripts/sparkgpt pipeline"
                            + " <run.yaml> --until "
                            + name));
    for (Map.Entry<String, Long> file : manifest.files().entrySet()) {
      Path path = new Path(directory, file.getKey());
      FileStatus status = fs.exists(path) ? fs.getFileStatus(path) : null;
      if (status == null || status.getLen() != file.getValue()) {
        throw new IllegalStateException(
            path
                + ": damaged: expected "
                + file.getValue()
                + " bytes, found "
                + (status == null ? "no file" : status.getLen())
                + "; make it again with scripts/sparkgpt "
                + name
                + " --overwrite");
      }
    }
    return manifest;
  }

  private StageManifest manifest(
      Stage stage,
      String digest,
      SortedMap<String, String> inputs,
      JsonNode config,
      Path working,
      Stage.Outcome outcome,
      Instant start,
      double coreSecondsHeld)
      throws IOException {
    return new StageManifest(
        StageManifest.FORMAT_VERSION,
        stage.name().command(),
        digest,
        inputs,
        config,
        outcome.rowsIn(),
        outcome.rowsOut(),
        outcome.dropped(),
        outcome.figures(),
        files(working),
        Environment.versions(),
        Environment.machine(),
        start.truncatedTo(ChronoUnit.SECONDS).toString(),
        Duration.between(start, Instant.now()).toMillis() / 1000.0,
        Math.round(1000 * coreSecondsHeld) / 1000.0,
        tableFormat(stage.name()));
  }

  /** Size of every file below {@code directory}, by its relative path; pages may be made again. */
  private SortedMap<String, Long> files(Path directory) throws IOException {
    SortedMap<String, Long> files = new TreeMap<>();
    String root = fs.makeQualified(directory).toUri().getPath() + "/";
    RemoteIterator<LocatedFileStatus> all = fs.listFiles(directory, true);
    while (all.hasNext()) {
      LocatedFileStatus file = all.next();
      String name = file.getPath().getName();
      if (!name.endsWith(".crc") && !name.endsWith(".html")) {
        files.put(file.getPath().toUri().getPath().substring(root.length()), file.getLen());
      }
    }
    return files;
  }

  private Path temporary(StageName name) {
    return new Path(output, name + ".tmp-" + UUID.randomUUID());
  }

  /** Removes what killed runs of this stage left behind. */
  private void sweep(StageName name) throws IOException {
    FileStatus[] stale = fs.globStatus(new Path(output, name + ".tmp-*"));
    for (FileStatus left : stale == null ? new FileStatus[0] : stale) {
      LOG.info("{}: removing unfinished {}", name, left.getPath().getName());
      fs.delete(left.getPath(), true);
    }
  }

  /** Moves the finished directory into place; an old one goes only after the new one is whole. */
  static void publish(FileSystem fs, Path working, Path target) throws IOException {
    if (fs.exists(target) && !fs.delete(target, true)) {
      throw new IOException("cannot delete " + target); // it would take the new one in
    }
    if (!fs.rename(working, target)) {
      throw new IOException(
          "cannot rename " + working + " to " + target + "; does another run write there?");
    }
  }

  private static String digest(StageName name, JsonNode config, SortedMap<String, String> inputs) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      Map<String, Object> all = new TreeMap<>();
      all.put("stage", name.command());
      all.put("format", StageManifest.FORMAT_VERSION);
      all.put("config", JSON.treeToValue(config, Object.class));
      all.put("inputs", inputs);
      if (tableFormat(name) != null) {
        all.put("tableFormat", tableFormat(name));
      }
      String canonical = JSON.writeValueAsString(all);
      return HexFormat.of().formatHex(sha.digest(canonical.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of the documents that a stage writes; null if it writes none. */
  private static Integer tableFormat(StageName name) {
    return name.writesDocuments() ? DocumentTable.FORMAT_VERSION : null;
  }

  /** What is not as it was: the first setting by its key, the input, or the table's format. */
  private static String difference(
      StageManifest before, StageName name, JsonNode config, SortedMap<String, String> inputs) {
    Optional<String> setting = difference(before.config(), config, "");
    if (setting.isPresent()) {
      return "settings (" + setting.get() + ")";
    }
    if (!before.inputs().equals(inputs)) {
      return "inputs";
    }
    return Objects.equals(before.tableFormat(), tableFormat(name))
        ? "settings"
        : "columns of documents, by another build";
  }

  private static Optional<String> difference(JsonNode before, JsonNode now, String path) {
    if (before == null || now == null || !before.isObject() || !now.isObject()) {
      return before != null && now != null && before.toString().equals(now.toString())
          ? Optional.empty()
          : Optional.of(path + " " + before + " -> " + now);
    }
    for (Map.Entry<String, JsonNode> field : now.properties()) {
      String key = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
      Optional<String> found = difference(before.get(field.getKey()), field.getValue(), key);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }
}
