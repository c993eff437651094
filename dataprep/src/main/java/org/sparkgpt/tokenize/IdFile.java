package org.sparkgpt.tokenize;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A new file of little-endian numbers. */
final class IdFile implements Closeable {
  private final FSDataOutputStream out;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
  private long bytes;

  IdFile(FileSystem files, Path path) throws IOException {
    out = files.create(path, false);
  }

  /** Written so far. */
  long bytes() {
    return bytes + buffer.position();
  }

  /** Room for so many bytes at {@link ByteBuffer#position}. */
  private ByteBuffer room(int size) throws IOException {
    if (buffer.remaining() < size) {
      flush();
    }
    return buffer;
  }

  void put(byte[] plain) throws IOException {
    room(plain.length).put(plain);
  }

  void putByte(int value) throws IOException {
    room(Byte.BYTES).put((byte) value);
  }

  /** The lower 16 bits. */
  void putShort(int value) throws IOException {
    room(Short.BYTES).putShort((short) value);
  }

  void putInt(int value) throws IOException {
    room(Integer.BYTES).putInt(value);
  }

  void putLong(long value) throws IOException {
    room(Long.BYTES).putLong(value);
  }

  /** Harmless when repeated, and so after {@link #close}. */
  private void flush() throws IOException {
    if (buffer.position() == 0) {
      return;
    }
    out.write(buffer.array(), 0, buffer.position());
    bytes += buffer.position();
    buffer.clear();
  }

  @Override
  public void close() throws IOException {
    try (out) {
      flush();
    }
  }
}
