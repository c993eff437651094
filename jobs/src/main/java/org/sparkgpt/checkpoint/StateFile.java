package org.sparkgpt.checkpoint;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import scala.Tuple2;

/**
 * A file of state records: what one executor task writes of a checkpoint. All numbers are
 * little-endian.
 *
 * <pre>
 * 8 bytes   "SGPTCKPT"
 * int32     format version, {@link CheckpointManifest#FORMAT_VERSION}
 * int32     kind: 0 outer, 1 inner
 * then, until the end of the file, records:
 *   int32   chunk: which run of {@code chunkParameters} elements of the flat vector
 *   int32   length of what follows in bytes
 *   float32 the segments the manifest names for this kind, each with the chunk's elements
 * </pre>
 */
final class StateFile {
  private static final byte[] MAGIC = "SGPTCKPT".getBytes(StandardCharsets.US_ASCII);
  static final int HEADER = MAGIC.length + 2 * Integer.BYTES;
  static final int RECORD_HEADER = 2 * Integer.BYTES;
  private static final int BUFFER = 1 << 16;

  private StateFile() {}

  /**
   * Writes {@code records} to a new file and describes it. On HDFS the bytes are on the disks of
   * every replica before it returns; an object store has them once the file is closed. Replication
   * and block size are the file system's own: a short file takes no more room than it has bytes.
   *
   * @param file in a directory that exists: one that was swept meanwhile is not made again
   */
  static StoredFile write(
      FileSystem fs,
      Path file,
      StoredFile.Kind kind,
      int partition,
      Iterator<Tuple2<Integer, byte[]>> records)
      throws IOException {
    CRC32C crc = new CRC32C();
    long bytes =
        DurableFile.write(
            fs, file, sink -> writeRecords(new CheckedOutputStream(sink, crc), kind, records));
    return new StoredFile(file.getName(), kind, partition, bytes, hex(crc));
  }

  private static void writeRecords(
      OutputStream out, StoredFile.Kind kind, Iterator<Tuple2<Integer, byte[]>> records)
      throws IOException {
    out.write(
        littleEndian(HEADER)
            .put(MAGIC)
            .putInt(CheckpointManifest.FORMAT_VERSION)
            .putInt(kind.ordinal())
            .array());
    while (records.hasNext()) {
      Tuple2<Integer, byte[]> record = records.next();
      out.write(littleEndian(RECORD_HEADER).putInt(record._1()).putInt(record._2().length).array());
      out.write(record._2());
    }
  }

  /**
   * The records of {@code stored}, one in memory at a time; its checksum is compared at the end.
   *
   * @param longestRecord in bytes; a longer one is damage
   */
  static Iterator<Tuple2<Integer, byte[]>> read(
      FileSystem fs, Path directory, StoredFile stored, int longestRecord) {
    Path file = new Path(directory, stored.name());
    try {
      requireLength(file, stored.bytes(), fs.getFileStatus(file).getLen());
      return new Records(file, stored, longestRecord, fs.open(file, BUFFER));
    } catch (FileNotFoundException e) {
      throw damaged(file, "missing", e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static void requireLength(Path file, long expected, long found) {
    if (found != expected) {
      throw damaged(file, found + " bytes instead of " + expected, null);
    }
  }

  /** The bytes are not those that were written. */
  static CheckpointException damaged(Path file, String what, Exception cause) {
    return new CheckpointException(
        file
            + ": "
            + what
            + "; the checkpoint is damaged, delete "
            + file.getParent()
            + " or move it away to go on from the one before",
        cause);
  }

  /** The bytes cannot be had, perhaps for the moment. */
  static CheckpointException unreadable(Path file, IOException cause) {
    return new CheckpointException(
        file
            + ": cannot be read: "
            + CheckpointException.reason(cause)
            + "; once the file system is healthy (hdfs fsck names lost blocks) start again, or move "
            + file.getParent()
            + " away to go on from the one before",
        cause);
  }

  private static String hex(CRC32C crc) {
    return String.format("%08x", crc.getValue());
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static final class Records implements Iterator<Tuple2<Integer, byte[]>> {
    private final Path file;
    private final StoredFile stored;
    private final int longestRecord;
    private final CRC32C crc = new CRC32C();
    private final DataInputStream in;
    private long left;

    Records(Path file, StoredFile stored, int longestRecord, InputStream source)
        throws IOException {
      this.file = file;
      this.stored = stored;
      this.longestRecord = longestRecord;
      in = new DataInputStream(new CheckedInputStream(source, crc));
      left = stored.bytes() - HEADER;
      ByteBuffer header = read(HEADER);
      byte[] magic = new byte[MAGIC.length];
      header.get(magic);
      int version = header.getInt();
      if (!java.util.Arrays.equals(magic, MAGIC) || header.getInt() != stored.kind().ordinal()) {
        throw fail("not a state file of kind " + stored.kind(), null);
      }
      if (version != CheckpointManifest.FORMAT_VERSION) {
        throw new CheckpointException(
            file
                + ": format "
                + version
                + ", this build reads "
                + CheckpointManifest.FORMAT_VERSION
                + "; use the build that wrote it");
      }
      closeAtEnd();
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public Tuple2<Integer, byte[]> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      try {
        ByteBuffer header = read(RECORD_HEADER);
        int chunk = header.getInt();
        int length = header.getInt();
        left -= RECORD_HEADER;
        if (chunk < 0 || length < 0 || length > Math.min(longestRecord, left)) {
          throw fail(
              "chunk "
                  + chunk
                  + " of "
                  + length
                  + " bytes where "
                  + Math.min(longestRecord, left)
                  + " are possible",
              null);
        }
        byte[] record = read(length).array();
        left -= length;
        closeAtEnd();
        return new Tuple2<>(chunk, record);
      } catch (IOException e) {
        close(e);
        throw unreadable(file, e);
      }
    }

    private void closeAtEnd() throws IOException {
      if (left == 0) {
        in.close();
        if (!hex(crc).equals(stored.crc32c())) {
          throw fail("CRC32C " + hex(crc) + " instead of " + stored.crc32c(), null);
        }
      }
    }

    private ByteBuffer read(int bytes) throws IOException {
      ByteBuffer buffer = littleEndian(bytes);
      try {
        in.readFully(buffer.array());
      } catch (EOFException e) {
        throw fail("ends early", e);
      }
      return buffer;
    }

    private CheckpointException fail(String what, IOException cause) {
      CheckpointException damage = damaged(file, what, cause);
      close(damage);
      return damage;
    }

    private void close(Exception failure) {
      try {
        in.close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
