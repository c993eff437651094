package org.sparkgpt.tokenize;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/**
 * Turns a shard into a flat file of little-endian int32 ids. The shard is fetched once and held
 * against the manifest's size and CRC; after that its pages are known to be as {@link ShardFormat}
 * wrote them, and their ids are copied without going through Parquet's records.
 */
final class ShardReader {
  private static final int BUFFER = 1 << 20;

  private ShardReader() {}

  /**
   * Writes the ids of {@code dir/file.path()} to {@code target}, which must not exist.
   *
   * @throws UncheckedIOException if the shard is missing, damaged or not the manifest's
   */
  static void decode(FileSystem files, Path dir, TokenFile file, java.nio.file.Path target) {
    Path shard = new Path(dir, file.path());
    java.nio.file.Path fetched = target.resolveSibling(target.getFileName() + ".parquet");
    try {
      try {
        fetch(files, shard, file, fetched);
        long tokens = copyIds(fetched, target);
        if (tokens != file.tokens()) {
          throw new IOException(tokens + " tokens, the manifest says " + file.tokens());
        }
      } finally {
        Files.deleteIfExists(fetched);
      }
    } catch (IOException | RuntimeException e) {
      throw new UncheckedIOException(
          "token shard %s: %s; run tokenize again".formatted(shard, e.getMessage()),
          e instanceof IOException io ? io : new IOException(e));
    }
  }

  private static void fetch(
      FileSystem files, Path shard, TokenFile file, java.nio.file.Path fetched) throws IOException {
    CRC32C crc = new CRC32C();
    long bytes = 0;
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = files.open(shard);
        OutputStream out = Files.newOutputStream(fetched, StandardOpenOption.CREATE_NEW)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        crc.update(buffer, 0, n);
        out.write(buffer, 0, n);
        bytes += n;
      }
    }
    if (bytes != file.bytes()) {
      throw new IOException(bytes + " bytes, the manifest says " + file.bytes());
    }
    if (!ChecksummedFile.hex(crc).equals(file.crc32c())) {
      throw new IOException(
          "CRC32C " + ChecksummedFile.hex(crc) + ", the manifest says " + file.crc32c());
    }
  }

  /** The number of ids. */
  private static long copyIds(java.nio.file.Path shard, java.nio.file.Path target)
      throws IOException {
    HadoopInputFile input =
        HadoopInputFile.fromPath(new Path(shard.toUri()), new Configuration(false));
    long tokens = 0;
    try (ParquetFileReader reader = ParquetFileReader.open(input);
        FileChannel out =
            FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      if (!reader.getFileMetaData().getSchema().equals(ShardFormat.SCHEMA)) {
        throw new IOException("not a token shard: " + reader.getFileMetaData().getSchema());
      }
      ColumnDescriptor column = ShardFormat.SCHEMA.getColumns().get(0);
      for (PageReadStore group = reader.readNextRowGroup();
          group != null;
          group = reader.readNextRowGroup()) {
        PageReader pages = group.getPageReader(column);
        for (DataPage page = pages.readPage(); page != null; page = pages.readPage()) {
          ByteBuffer ids = ids(page);
          tokens += ids.remaining() / Integer.BYTES;
          while (ids.hasRemaining()) {
            out.write(ids);
          }
        }
      }
    }
    return tokens;
  }

  /** Behind the levels, each with its length in front, lie the ids as they go to the file. */
  private static ByteBuffer ids(DataPage page) throws IOException {
    if (!(page instanceof DataPageV1 v1) || v1.getValueEncoding() != Encoding.PLAIN) {
      throw new IOException("ids are not PLAIN in version 1 pages: not written by this program");
    }
    ByteBuffer bytes = v1.getBytes().toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    for (String level : new String[] {"repetition", "definition"}) {
      int length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
      if (length < 0 || length > bytes.remaining()) {
        throw new IOException("a page's " + level + " levels are damaged");
      }
      bytes.position(bytes.position() + length);
    }
    if (bytes.remaining() != (long) Integer.BYTES * page.getValueCount()) {
      throw new IOException("a page does not hold " + page.getValueCount() + " ids");
    }
    return bytes;
  }
}
