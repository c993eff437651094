package org.sparkgpt.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkgpt.tokenize.TokenFile;
import org.sparkgpt.tokenize.TokenManifest;
import org.sparkgpt.tokenize.TokenSplit;

/**
 * Token shards that a run reads.
 *
 * @param tokens in each shard, in the manifest's order
 * @param shards their tokens, for executors
 * @param vocabularySize all ids are below
 * @param textBytes UTF-8 bytes of the text they were made of
 * @param digest changes when the shards or their tokenizer do
 */
public record TrainingData(
    long[] tokens, TokenSource shards, int vocabularySize, long textBytes, String digest) {

  /**
   * One split of the token shards in {@code directory}.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static TrainingData open(JavaSparkContext spark, Path directory, String split) {
    try {
      TokenManifest manifest =
          TokenManifest.read(directory.getFileSystem(spark.hadoopConfiguration()), directory);
      TokenSplit files = manifest.splits().get(split);
      if (files == null) {
        throw new IllegalArgumentException(
            directory + " has no split " + split + ", only " + manifest.splits().keySet());
      }
      return new TrainingData(
          files.files().stream().mapToLong(TokenFile::tokens).toArray(),
          new ShardFiles(
              directory,
              files.files(),
              spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()))),
          manifest.vocabularySize(),
          files.textBytes(),
          digest(manifest, files));
    } catch (IOException e) {
      throw new UncheckedIOException(directory.toString(), e);
    }
  }

  /** Of all shards. */
  public long totalTokens() {
    return Arrays.stream(tokens).sum();
  }

  /** The network must have a row for every token id. */
  public void requireFits(int vocabulary) {
    if (vocabularySize > vocabulary) {
      throw new IllegalArgumentException(
          "model.vocabulary is "
              + vocabulary
              + ", the tokens need "
              + vocabularySize
              + "; raise it to that or a multiple of 64 above it");
    }
  }

  private static String digest(TokenManifest manifest, TokenSplit files) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(manifest.tokenizerDigest().getBytes(StandardCharsets.UTF_8));
      for (TokenFile file : files.files()) {
        String line = "\n" + file.path() + " " + file.tokens() + " " + file.crc32c();
        sha.update(line.getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has SHA-256
    }
  }
}
