package org.sparkgpt.checkpoint;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.GptConfig;

/**
 * {@code manifest.json}, written last: a directory that has it is a complete checkpoint.
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
 * @param inner names of the segments in an inner record; none if workers keep no state
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

  public CheckpointManifest {
    outer = List.copyOf(outer);
    inner = List.copyOf(inner);
    files = List.copyOf(files);
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

  /** Its files of one kind, by partition. */
  List<StoredFile> files(StoredFile.Kind kind) {
    return files.stream().filter(f -> f.kind() == kind).toList();
  }

  @JsonIgnore
  public long bytes() {
    return files.stream().mapToLong(StoredFile::bytes).sum();
  }
}
