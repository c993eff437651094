package org.sparkgpt.tokenize;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a directory of token shards holds: {@code _manifest.json}, written last, JSON with these
 * fields under these names. Shards without it are unfinished.
 *
 * @param formatVersion {@link #FORMAT_VERSION}
 * @param tokenizerDigest {@link Tokenizer#digest} of the tokenizer that made the ids
 * @param vocabularySize all ids are below
 * @param endOfText the id that closes each document; null if the tokenizer has none
 * @param seed of the order of the documents
 * @param splits {@code train} and {@code val}
 */
public record TokenManifest(
    int formatVersion,
    String tokenizerDigest,
    int vocabularySize,
    Integer endOfText,
    long seed,
    Map<String, TokenSplit> splits)
    implements Serializable {
  public static final int FORMAT_VERSION = 1;
  public static final String TRAIN = "train";
  public static final String VAL = "val";

  static final String NAME = "_manifest.json";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  public TokenManifest {
    splits = new TreeMap<>(splits);
    if (tokenizerDigest == null || !splits.containsKey(TRAIN) || !splits.containsKey(VAL)) {
      throw new IllegalArgumentException("tokenizerDigest, train or val is missing");
    }
  }

  public TokenSplit train() {
    return splits.get(TRAIN);
  }

  public TokenSplit val() {
    return splits.get(VAL);
  }

  /**
   * The manifest in {@code dir}.
   *
   * @throws IllegalArgumentException if there is none, or one of another format
   * @throws UncheckedIOException if it cannot be read or is damaged
   */
  public static TokenManifest read(FileSystem files, Path dir) {
    Path file = new Path(dir, NAME);
    try (InputStream in = files.open(file)) {
      JsonNode root = JSON.readTree(in);
      int version = root == null ? -1 : root.path("formatVersion").asInt(-1);
      if (version >= 0 && version != FORMAT_VERSION) {
        throw new IllegalArgumentException(
            "%s: format %d, this build reads %d; run tokenize again"
                .formatted(file, version, FORMAT_VERSION));
      }
      return JSON.treeToValue(root, TokenManifest.class);
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(
          file + " does not exist: run tokenize first, or again if it was cut off", e);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(
          file + " is damaged: " + e.getOriginalMessage() + "; run tokenize again", e);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " could not be read: " + e.getMessage(), e);
    }
  }

  void write(FileSystem files, Path dir) throws IOException {
    Path temporary = new Path(dir, "_tmp-" + UUID.randomUUID());
    try (OutputStream out = files.create(temporary)) {
      out.write(JSON.writeValueAsBytes(this));
    }
    Renaming.replace(files, temporary, new Path(dir, NAME));
  }
}
