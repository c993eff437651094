package org.sparkgpt.checkpoint;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Iterator;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.GptConfig;
import scala.Tuple2;

/**
 * A complete checkpoint: {@code step-000001000/} with its manifest. Opening it reads the manifest
 * only; {@link #readParameters} streams the chunks, one in the heap at a time.
 */
public final class Checkpoint {
  static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final FileSystem fs;
  private final Path path;
  private final CheckpointManifest manifest;

  Checkpoint(FileSystem fs, Path path, CheckpointManifest manifest) {
    this.fs = fs;
    this.path = path;
    this.manifest = manifest;
  }

  /**
   * Opens one checkpoint's directory.
   *
   * @throws CheckpointException if it is not complete, not readable or of another format
   */
  public static Checkpoint open(FileSystem fs, Path directory) {
    Path file = new Path(directory, CheckpointManifest.NAME);
    try (InputStream in = fs.open(file)) {
      var tree = JSON.readTree(in);
      int version = tree.path("formatVersion").asInt();
      if (version != CheckpointManifest.FORMAT_VERSION) {
        throw new CheckpointException(
            file
                + ": format "
                + version
                + ", this build reads "
                + CheckpointManifest.FORMAT_VERSION
                + "; use the build that wrote it");
      }
      return new Checkpoint(
          fs, fs.makeQualified(directory), JSON.treeToValue(tree, CheckpointManifest.class));
    } catch (FileNotFoundException e) {
      throw new CheckpointException(directory + " is not a complete checkpoint: no manifest", e);
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw StateFile.damaged(file, "not a manifest: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  public Path path() {
    return path;
  }

  public CheckpointManifest manifest() {
    return manifest;
  }

  public GptConfig model() {
    return manifest.model();
  }

  public int step() {
    return manifest.step();
  }

  /** The flat parameter vector, in {@code ParameterLayout}'s order; checksums are compared. */
  public FloatBlock readParameters() {
    FloatBlock parameters = FloatBlock.allocate(manifest.parameters());
    readParameters(parameters);
    return parameters;
  }

  /**
   * Like {@link #readParameters()}, into memory that is already there.
   *
   * @param parameters of {@code manifest().parameters()} floats
   */
  public void readParameters(FloatBlock parameters) {
    if (parameters.length() != manifest.parameters()) {
      throw new IllegalArgumentException(
          path
              + " holds "
              + manifest.parameters()
              + " parameters, the network has "
              + parameters.length());
    }
    long seen = 0;
    try {
      for (StoredFile file : manifest.files(StoredFile.Kind.OUTER)) {
        Iterator<Tuple2<Integer, byte[]>> records = StateFile.read(fs, path, file);
        while (records.hasNext()) {
          seen += copy(records.next(), parameters);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path.toString(), e);
    }
    if (seen != manifest.parameters()) {
      throw new CheckpointException(
          path + " holds " + seen + " of " + manifest.parameters() + " parameters");
    }
  }

  private int copy(Tuple2<Integer, byte[]> record, FloatBlock parameters) {
    long from = (long) record._1() * manifest.chunkParameters();
    FloatBuffer values =
        ByteBuffer.wrap(record._2()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] chunk = new float[values.remaining() / manifest.outer().size()];
    values.get(chunk);
    parameters.put(from, chunk);
    return chunk.length;
  }
}
