package org.sparkgpt.checkpoint;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.ParameterLayout;
import scala.Tuple2;

/**
 * A complete checkpoint: {@code step-000001000/} with its manifest. Opening it reads the manifest
 * only; {@link #readParameters} and {@link #readMoments} stream the chunks, one in the heap at a
 * time.
 */
public final class Checkpoint {
  static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** Room for the files of 100,000 tasks. */
  private static final long LONGEST_MANIFEST = 1 << 24;

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
      if (fs.getFileStatus(file).getLen() > LONGEST_MANIFEST) {
        throw StateFile.damaged(file, "longer than " + LONGEST_MANIFEST + " bytes", null);
      }
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
      String why =
          e.getCause() instanceof IllegalArgumentException refused
              ? refused.getMessage()
              : "not a manifest: " + e.getOriginalMessage().lines().findFirst().orElse("");
      throw StateFile.damaged(file, why, e);
    } catch (IOException e) {
      throw StateFile.unreadable(file, e);
    }
  }

  /**
   * Checks that every file is there in its size and that they are enough for the model, without
   * reading them; what a damaged manifest promises is not allocated before.
   *
   * @throws CheckpointException naming the first file that is not as the manifest says
   */
  public Checkpoint requireFiles() {
    Path file = new Path(path, CheckpointManifest.NAME);
    try {
      Map<String, Long> found = new HashMap<>();
      for (FileStatus status : fs.listStatus(path)) {
        found.put(status.getPath().getName(), status.getLen());
      }
      long outerBytes = 0;
      for (StoredFile stored : manifest.files()) {
        Long length = found.get(stored.name());
        if (length == null) {
          throw StateFile.damaged(new Path(path, stored.name()), "missing", null);
        }
        StateFile.requireLength(new Path(path, stored.name()), stored.bytes(), length);
        outerBytes += stored.kind() == StoredFile.Kind.OUTER ? length : 0;
      }
      if (outerBytes != manifest.outerBytes()) {
        throw StateFile.damaged(
            file, outerBytes + " bytes of parameters instead of " + manifest.outerBytes(), null);
      }
    } catch (IOException e) {
      throw StateFile.unreadable(file, e);
    }
    long expected = ParameterLayout.of(manifest.model()).length();
    if (manifest.parameters() != expected) {
      throw StateFile.damaged(
          file, manifest.parameters() + " parameters, its model has " + expected, null);
    }
    return this;
  }

  /** Reads a file through and compares its size and checksum. */
  public void verify(StoredFile file) {
    records(file).forEachRemaining(record -> {});
  }

  private Iterator<Tuple2<Integer, byte[]>> records(StoredFile file) {
    return StateFile.read(fs, path, file, manifest.recordBytes(file.kind()));
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
    requireFiles();
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
    BitSet seen = new BitSet();
    for (StoredFile file : manifest.files(StoredFile.Kind.OUTER)) {
      Iterator<Tuple2<Integer, byte[]>> records = records(file);
      while (records.hasNext()) {
        Tuple2<Integer, byte[]> record = records.next();
        float[] values = segments(file, record)[0];
        parameters.put((long) record._1() * manifest.chunkParameters(), values);
        seen.set(record._1());
      }
    }
    if (seen.cardinality() != manifest.chunks()) {
      throw new CheckpointException(
          path + " holds " + seen.cardinality() + " of " + manifest.chunks() + " chunks");
    }
  }

  /**
   * AdamW's moments: the averages of the gradient, then those of its square. Where workers have
   * their own, the mean over them, as {@link StateRdds#inner} has it for another number of workers.
   *
   * @return empty if the strategy keeps none
   */
  public Optional<FloatBlock> readMoments() {
    requireFiles();
    boolean outer = manifest.outer().contains("m");
    List<String> names = outer ? manifest.outer() : manifest.inner();
    int m = names.indexOf("m");
    int v = names.indexOf("v");
    if (m < 0 || v < 0) {
      return Optional.empty();
    }
    List<StoredFile> files = manifest.files(outer ? StoredFile.Kind.OUTER : StoredFile.Kind.INNER);
    float share = outer ? 1 : 1f / files.size();
    FloatBlock moments = FloatBlock.allocate(2 * manifest.parameters());
    moments.zero();
    for (StoredFile file : files) {
      Iterator<Tuple2<Integer, byte[]>> records = records(file);
      while (records.hasNext()) {
        Tuple2<Integer, byte[]> record = records.next();
        float[][] segments = segments(file, record);
        long from = (long) record._1() * manifest.chunkParameters();
        add(moments, from, segments[m], share);
        add(moments, manifest.parameters() + from, segments[v], share);
      }
    }
    return Optional.of(moments);
  }

  private static void add(FloatBlock sums, long from, float[] values, float share) {
    float[] sum = sums.toArray(from, values.length);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += share * values[i];
    }
    sums.put(from, sum);
  }

  /** A record's segments, each as long as its chunk. */
  private float[][] segments(StoredFile file, Tuple2<Integer, byte[]> record) {
    int chunk = record._1();
    int count = chunk < manifest.chunks() ? manifest.chunkLength(chunk) : 0;
    List<String> names = file.kind() == StoredFile.Kind.OUTER ? manifest.outer() : manifest.inner();
    if (record._2().length != count * names.size() * Float.BYTES) {
      throw StateFile.damaged(
          new Path(path, file.name()),
          "chunk " + chunk + " has " + record._2().length + " bytes for " + names,
          null);
    }
    FloatBuffer values =
        ByteBuffer.wrap(record._2()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[][] segments = new float[names.size()][count];
    for (float[] segment : segments) {
      values.get(segment);
    }
    return segments;
  }
}
