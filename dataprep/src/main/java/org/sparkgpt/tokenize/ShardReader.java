package org.sparkgpt.tokenize;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a shard into its ids, int32. The shard's size and CRC are held against the manifest's;
 * after that its pages are known to be as {@link ShardFormat} wrote them, and their ids are copied
 * without going through Parquet's records.
 */
final class ShardReader {
  private static final Logger LOG = LoggerFactory.getLogger(ShardReader.class);
  private static final int BUFFER = 1 << 20;

  /** What takes the bytes of a shard, or of its ids, piece by piece. */
  interface Sink {
    void take(ByteBuffer bytes) throws IOException;
  }

  private ShardReader() {}

  /**
   * Writes the ids of {@code dir/file.path()} to {@code target}, which must not exist,
   * little-endian. The shard is fetched once, to a file beside the target that is gone afterwards.
   *
   * @throws LocalDiskException if the target's disk takes no more
   * @throws UncheckedIOException if the shard is missing, damaged or not the manifest's
   */
  static void decode(FileSystem files, Path dir, TokenFile file, java.nio.file.Path target)
      throws LocalDiskException {
    Path shard = new Path(dir, file.path());
    java.nio.file.Path fetched = target.resolveSibling(target.getFileName() + ".parquet");
    FileChannel copy = create(fetched);
    try {
      try (copy) {
        verify(files, shard, file, bytes -> write(bytes, copy));
      }
      try (FileChannel out = create(target)) {
        HadoopInputFile input =
            HadoopInputFile.fromPath(new Path(fetched.toUri()), new Configuration(false));
        copyIds(input, file, ids -> write(ids, out));
      }
    } catch (LocalDiskException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw refused(shard, e);
    } finally {
      delete(fetched);
    }
  }

  private static void delete(java.nio.file.Path fetched) {
    try {
      Files.deleteIfExists(fetched);
    } catch (IOException e) {
      LOG.warn("cannot delete {}: {}", fetched, e.toString());
    }
  }

  /**
   * The ids of {@code dir/file.path()} on the heap. The shard is read twice, so that it needs no
   * room beside its ids.
   *
   * @throws UncheckedIOException if the shard is missing, damaged or not the manifest's
   */
  static IntBuffer read(FileSystem files, Path dir, TokenFile file) {
    Path shard = new Path(dir, file.path());
    try {
      verify(files, shard, file, bytes -> {});
      IntBuffer ids = IntBuffer.allocate(Math.toIntExact(file.tokens()));
      copyIds(
          HadoopInputFile.fromPath(shard, files.getConf()),
          file,
          page -> ids.put(page.asIntBuffer()));
      return ids.flip();
    } catch (IOException | RuntimeException e) {
      throw refused(shard, e);
    }
  }

  /**
   * Hands the ids of {@code dir/file.path()} to {@code sink} page by page, little-endian int32. The
   * shard is read twice.
   *
   * @throws IOException if {@code sink} does
   * @throws UncheckedIOException if the shard is missing, damaged or not the manifest's
   */
  static void stream(FileSystem files, Path dir, TokenFile file, Sink sink) throws IOException {
    Path shard = new Path(dir, file.path());
    IOException[] thrown = new IOException[1];
    try {
      verify(files, shard, file, bytes -> {});
      copyIds(
          HadoopInputFile.fromPath(shard, files.getConf()),
          file,
          page -> {
            try {
              sink.take(page);
            } catch (IOException e) {
              thrown[0] = e;
              throw e;
            }
          });
    } catch (IOException | RuntimeException e) {
      if (e == thrown[0]) {
        throw thrown[0];
      }
      throw refused(shard, e);
    }
  }

  private static UncheckedIOException refused(Path shard, Exception e) {
    return new UncheckedIOException(
        "token shard %s: %s; run tokenize again".formatted(shard, e.getMessage()),
        e instanceof IOException io ? io : new IOException(e));
  }

  private static FileChannel create(java.nio.file.Path path) throws LocalDiskException {
    try {
      return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new LocalDiskException(e);
    }
  }

  private static void write(ByteBuffer bytes, FileChannel out) throws LocalDiskException {
    try {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw new LocalDiskException(e);
    }
  }

  /** Reads the whole shard. */
  private static void verify(FileSystem files, Path shard, TokenFile file, Sink sink)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    CRC32C crc = new CRC32C();
    long bytes = 0;
    try (InputStream in = files.open(shard)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        crc.update(buffer, 0, n);
        sink.take(ByteBuffer.wrap(buffer, 0, n));
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

  private static void copyIds(HadoopInputFile input, TokenFile file, Sink sink) throws IOException {
    long tokens = 0;
    try (ParquetFileReader reader = ParquetFileReader.open(input)) {
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
          if (tokens <= file.tokens()) {
            sink.take(ids);
          }
        }
      }
    }
    if (tokens != file.tokens()) {
      throw new IOException(tokens + " tokens, the manifest says " + file.tokens());
    }
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
