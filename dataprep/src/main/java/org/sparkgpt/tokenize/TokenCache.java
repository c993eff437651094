package org.sparkgpt.tokenize;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;

/**
 * Token shards, decoded once into a local directory and mapped into memory from there. Several
 * threads and processes may share the directory. Nothing is ever evicted: give it a directory that
 * goes with the application, such as one of Spark's local directories, with 4 bytes for each token.
 */
public final class TokenCache {
  private final Path local;

  /**
   * @param local made if need be
   */
  public TokenCache(Path local) {
    this.local = local;
  }

  /**
   * All ids of a shard in order; read-only, outside the heap.
   *
   * @param dir where the manifest is that {@code file} comes from
   * @throws UncheckedIOException if the shard is missing, damaged or not the manifest's
   */
  public IntBuffer open(FileSystem files, org.apache.hadoop.fs.Path dir, TokenFile file) {
    // Content decides the name, so a corpus tokenized anew is decoded anew.
    String name =
        file.path().replace('/', '-') + "-" + file.crc32c() + "-" + file.tokens() + ".int32";
    Path decoded = local.resolve(name);
    try {
      synchronized (TokenCache.class) { // two tasks that want the same shard: decode it once
        if (!isComplete(decoded, file)) {
          decode(files, dir, file, decoded);
        }
      }
      try (FileChannel channel = FileChannel.open(decoded, StandardOpenOption.READ)) {
        return channel
            .map(FileChannel.MapMode.READ_ONLY, 0, Integer.BYTES * file.tokens())
            .order(ByteOrder.LITTLE_ENDIAN)
            .asIntBuffer();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot cache token shard " + file.path() + " as " + decoded + ": " + e.getMessage(), e);
    }
  }

  private static boolean isComplete(Path decoded, TokenFile file) throws IOException {
    return Files.exists(decoded) && Files.size(decoded) == Integer.BYTES * file.tokens();
  }

  private void decode(FileSystem files, org.apache.hadoop.fs.Path dir, TokenFile file, Path decoded)
      throws IOException {
    Files.createDirectories(local);
    Path temporary = local.resolve(ShardWriter.TEMPORARY + UUID.randomUUID());
    try {
      ShardReader.decode(files, dir, file, temporary);
      Files.move(
          temporary, decoded, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
