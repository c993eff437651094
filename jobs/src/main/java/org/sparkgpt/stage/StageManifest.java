package org.sparkgpt.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * {@code _stage.json}: what a finished stage did. Written last into the stage's directory, so its
 * presence says that the stage is complete.
 *
 * @param formatVersion {@link #FORMAT_VERSION}
 * @param stage the stage's name
 * @param digest SHA-256 over stage, settings and the digests of the inputs: equal digests, equal
 *     output
 * @param inputs digest of each input by its name
 * @param config the settings that the output depends on
 * @param rowsIn rows read; 0 where a stage has no rows
 * @param rowsOut rows kept; {@code rowsIn = rowsOut + sum of dropped}
 * @param dropped rows dropped, by reason
 * @param figures what else the stage counted or measured, by name
 * @param files size in bytes of every file of the output, by relative path
 * @param versions of sparkgpt, Spark and Java
 * @param machine processor, their count, memory and system of the driver
 * @param started when, in ISO 8601
 * @param seconds wall time
 * @param coreSeconds cores that the stage's Spark tasks held, times the seconds for which they did,
 *     over all executors; 0 where it ran no Spark job; null in a manifest of before this was
 *     counted
 * @param tableFormat {@link DocumentTable#FORMAT_VERSION}; null if the stage writes no documents,
 *     or wrote them before their format had a number
 */
public record StageManifest(
    int formatVersion,
    String stage,
    String digest,
    SortedMap<String, String> inputs,
    JsonNode config,
    long rowsIn,
    long rowsOut,
    SortedMap<String, Long> dropped,
    Map<String, Object> figures,
    SortedMap<String, Long> files,
    SortedMap<String, String> versions,
    SortedMap<String, String> machine,
    String started,
    double seconds,
    Double coreSeconds,
    Integer tableFormat) {
  public static final int FORMAT_VERSION = 1;
  public static final String FILE = "_stage.json";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  public StageManifest {
    long accounted = rowsOut + dropped.values().stream().mapToLong(Long::longValue).sum();
    if (rowsIn != accounted) {
      throw new IllegalStateException(
          stage + ": " + rowsIn + " rows came in, but kept and dropped add up to " + accounted);
    }
    inputs = new TreeMap<>(inputs);
    dropped = new TreeMap<>(dropped);
  }

  /** The manifest in {@code directory}, or nothing if the stage has not finished there. */
  public static Optional<StageManifest> find(FileSystem fs, Path directory) {
    Path file = new Path(directory, FILE);
    try {
      if (!fs.exists(file)) {
        return Optional.empty();
      }
      try (FSDataInputStream in = fs.open(file)) {
        StageManifest manifest = JSON.readValue(in.readAllBytes(), StageManifest.class);
        if (manifest.formatVersion != FORMAT_VERSION) {
          throw new IllegalArgumentException(
              file
                  + ": format "
                  + manifest.formatVersion
                  + ", this build reads "
                  + FORMAT_VERSION
                  + "; run the stage again with --overwrite");
        }
        return Optional.of(manifest);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          file + ": damaged (" + e.getOriginalMessage() + "); run the stage again with --overwrite",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  void write(FileSystem fs, Path directory) throws IOException {
    Path temporary = new Path(directory, "_tmp-" + FILE);
    try (FSDataOutputStream out = fs.create(temporary, true)) {
      out.write(
          JSON.writerWithDefaultPrettyPrinter()
              .writeValueAsString(this)
              .getBytes(StandardCharsets.UTF_8));
      out.hsync();
    }
    if (!fs.rename(temporary, new Path(directory, FILE))) {
      throw new IOException("cannot rename " + temporary + " to " + FILE);
    }
  }
}
