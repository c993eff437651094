package org.sparkgpt.checkpoint;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.GptConfig;

/**
 * {@code manifest.json}, written last: a directory that has it is a complete checkpoint. One that
 * was read is checked before anything is done with it: sizes that cannot be are refused here, files
 * that are not as it says by {@link Checkpoint#requireFiles}.
 *
 * @param formatVersion of the manifest and of the files it lists
 * @param step optimizer steps taken
 * @param samples sequences trained on so far: the next one of the data order is this index
 * @param tokens tokens trained on so far
 * @param epoch passes over the data begun before this one
 * @param seed of the run: initialisation, data order and dropout
 * @param model the network's shape
 * @param optimizer AdamW's settings
 * @param train the {@code train} section of the run file
 * @param dataDigest of the token shards' manifest
 * @param parameters elements of the flat parameter vector
 * @param chunkParameters elements of a record's segment; the last chunk may have fewer
 * @param outer names of the segments in an outer record, {@code parameters} first
 * @param inner names of the segments in an inner record, {@code m} and {@code v} first; none if
 *     workers keep no state
 * @param files every file but this one
 */
public record CheckpointManifest(
    int formatVersion,
    int step,
    long samples,
    long tokens,
    long epoch,
    long seed,
    GptConfig model,
    AdamWConfig optimizer,
    JsonNode train,
    String dataDigest,
    long parameters,
    int chunkParameters,
    List<String> outer,
    List<String> inner,
    List<StoredFile> files) {
  public static final int FORMAT_VERSION = 1;
  public static final String NAME = "manifest.json";

  /** Beyond any model there is; keeps products of sizes far from overflow. */
  private static final long MOST_PARAMETERS = 1L << 44;

  private static final int MOST_SEGMENTS = 64;

  public CheckpointManifest {
    require(model != null && optimizer != null && train != null, "model, optimizer or train");
    require(step >= 0 && samples >= 0 && tokens >= 0 && epoch >= 0, "step, samples, tokens, epoch");
    require(outer != null && outer.indexOf("parameters") == 0, "outer segments " + outer);
    require(inner != null && files != null, "no inner segments or no files");
    outer = List.copyOf(outer);
    inner = List.copyOf(inner);
    files = List.copyOf(files);
    int segments = Math.max(outer.size(), inner.size());
    require(
        segments <= MOST_SEGMENTS
            && chunkParameters > 0
            && (long) chunkParameters * segments * Float.BYTES <= Integer.MAX_VALUE,
        "chunkParameters " + chunkParameters + " in " + segments + " segments");
    // Before anything is allocated for a model of this size: a layer has 12 C C and more.
    require(
        parameters > 12.0 * model.embd() * model.embd() * model.layers()
            && parameters <= MOST_PARAMETERS
            && parameters / chunkParameters < Integer.MAX_VALUE,
        parameters + " parameters in chunks of " + chunkParameters + " for " + model);
    require(
        files.stream().map(StoredFile::name).distinct().count() == files.size(),
        "a file is listed twice");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("not possible: " + what);
    }
  }

  CheckpointManifest with(List<StoredFile> written) {
    return new CheckpointManifest(
        formatVersion,
        step,
        samples,
        tokens,
        epoch,
        seed,
        model,
        optimizer,
        train,
        dataDigest,
        parameters,
        chunkParameters,
        outer,
        inner,
        written);
  }

  int chunks() {
    return (int) ((parameters + chunkParameters - 1) / chunkParameters);
  }

  /** Parameters of one chunk. */
  int chunkLength(int chunk) {
    return (int) Math.min(chunkParameters, parameters - (long) chunk * chunkParameters);
  }

  /** Bytes of the longest record of a kind. */
  int recordBytes(StoredFile.Kind kind) {
    int segments = kind == StoredFile.Kind.OUTER ? outer.size() : inner.size();
    return chunkParameters * segments * Float.BYTES;
  }

  /** Bytes that the outer files must have together: every parameter is in them once. */
  long outerBytes() {
    return files(StoredFile.Kind.OUTER).size() * (long) StateFile.HEADER
        + (long) chunks() * StateFile.RECORD_HEADER
        + parameters * outer.size() * Float.BYTES;
  }

  /** Its files of one kind, by partition. */
  List<StoredFile> files(StoredFile.Kind kind) {
    return files.stream().filter(f -> f.kind() == kind).toList();
  }

  @JsonIgnore
  public long bytes() {
    return files.stream().mapToLong(StoredFile::bytes).sum();
  }
}
