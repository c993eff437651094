package org.sparkgpt.tokenize;

import java.io.IOException;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetWriter;

/**
 * Packs the tokens of one shard's documents into rows. The file has a temporary name until {@link
 * #finish}, so an attempt that dies leaves nothing that looks like a shard.
 */
final class ShardWriter {
  static final String TEMPORARY = "_tmp-";

  private final FileSystem files;
  private final Path dir;
  private final String path;
  private final Path temporary;
  private final ChecksummedFile file;
  private final ParquetWriter<int[]> writer;
  private final int[] row;
  private int filled;
  private long rows;
  private long tokens;
  private long documents;
  private long textBytes;

  /**
   * @param path of the shard, relative to {@code dir}
   */
  ShardWriter(
      Configuration configuration,
      Path dir,
      String path,
      Map<String, String> metadata,
      int rowTokens)
      throws IOException {
    this.dir = dir;
    this.path = path;
    files = dir.getFileSystem(configuration);
    temporary = new Path(new Path(dir, path).getParent(), TEMPORARY + UUID.randomUUID());
    file = new ChecksummedFile(files, temporary);
    writer = ShardFormat.writer(file, metadata, rowTokens, configuration);
    row = new int[rowTokens];
  }

  void add(IntBuffer document, long documentTextBytes) throws IOException {
    documents++;
    textBytes += documentTextBytes;
    tokens += document.remaining();
    if (tokens > TokenizeConfig.MAX_SHARD_TOKENS) {
      throw new IllegalArgumentException(
          "%s would hold more than %d tokens: lower tokenize.shardTokens, or split documents that long"
              .formatted(new Path(dir, path), TokenizeConfig.MAX_SHARD_TOKENS));
    }
    while (document.hasRemaining()) {
      int length = Math.min(document.remaining(), row.length - filled);
      document.get(row, filled, length);
      filled += length;
      if (filled == row.length) {
        writeRow(row);
      }
    }
  }

  private void writeRow(int[] full) throws IOException {
    writer.write(full);
    rows++;
    filled = 0;
  }

  /** Completes the file and gives it its name. */
  TokenFile finish() throws IOException {
    if (filled > 0) {
      writeRow(Arrays.copyOf(row, filled));
    }
    writer.close();
    Renaming.replace(files, temporary, new Path(dir, path));
    return new TokenFile(path, rows, tokens, documents, textBytes, file.crc32c(), file.bytes());
  }

  /** Removes what was written, after a failure. */
  void abandon() throws IOException {
    try {
      writer.close();
    } finally {
      files.delete(temporary, false);
    }
  }
}
