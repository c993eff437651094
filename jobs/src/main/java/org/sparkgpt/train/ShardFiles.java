package org.sparkgpt.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkFiles;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkgpt.tokenize.TokenCache;
import org.sparkgpt.tokenize.TokenFile;

/**
 * Token shards in Parquet files. An executor decodes a shard when it first needs it, into the
 * directory that Spark deletes with the application, and keeps it mapped into memory.
 */
final class ShardFiles implements TokenSource {
  private static final Map<String, IntBuffer> MAPPED = new ConcurrentHashMap<>();

  private final String directory;
  private final List<TokenFile> files;
  private final Broadcast<SerializableConfiguration> hadoop;

  ShardFiles(Path directory, List<TokenFile> files, Broadcast<SerializableConfiguration> hadoop) {
    this.directory = directory.toString();
    this.files = files;
    this.hadoop = hadoop;
  }

  @Override
  public IntBuffer shard(int index) {
    String local = SparkFiles.getRootDirectory();
    TokenFile file = files.get(index);
    String key = local + " " + directory + " " + file.path() + " " + file.crc32c();
    return MAPPED.computeIfAbsent(key, absent -> open(java.nio.file.Path.of(local), file));
  }

  private IntBuffer open(java.nio.file.Path local, TokenFile file) {
    Path path = new Path(directory);
    try {
      return new TokenCache(local.resolve("tokens"))
          .open(path.getFileSystem(hadoop.value().value()), path, file);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": " + file.path(), e);
    }
  }
}
