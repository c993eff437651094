package org.sparkgpt.ingest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

/** A WARC file's decompressed bytes, in which the next record can be searched for after damage. */
final class WarcBytes implements ReadableByteChannel {
  private static final byte[] START = "WARC/".getBytes(StandardCharsets.US_ASCII);

  /** jwarc keeps a header in memory, however long it is. */
  private static final long MAX_HEADER = 1 << 20;

  private final InputStream in;
  private final byte[] chunk = new byte[1 << 13];
  private ByteBuffer buffer = emptyBuffer();
  private long allowed = Long.MAX_VALUE;
  private boolean open = true;

  WarcBytes(InputStream in) {
    this.in = in;
  }

  /** Bytes taken from the stream and not yet used: shared with the reader. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** From here on only a header may be read, until {@link #unlimit}. */
  void limitHeader() {
    allowed = MAX_HEADER;
  }

  void unlimit() {
    allowed = Long.MAX_VALUE;
  }

  /**
   * Moves to where a record seems to start, or to the end; true if it was not necessary to move.
   */
  boolean seekRecord() throws IOException {
    unlimit();
    boolean moved = false;
    while (has(START.length) && !atStart()) {
      buffer.get();
      moved = true;
    }
    if (buffer.remaining() < START.length && buffer.hasRemaining()) {
      buffer = emptyBuffer();
      throw new EOFException("file ends before a record's version");
    }
    return !moved;
  }

  boolean atEnd() {
    return !buffer.hasRemaining();
  }

  private boolean atStart() {
    for (int i = 0; i < START.length; i++) {
      if (buffer.get(buffer.position() + i) != START[i]) {
        return false;
      }
    }
    return true;
  }

  private boolean has(int bytes) throws IOException {
    while (buffer.remaining() < bytes) {
      ByteBuffer grown = emptyBuffer();
      grown.clear();
      grown.put(buffer);
      int n = read(grown);
      grown.flip();
      buffer = grown;
      if (n < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (allowed <= 0) {
      throw RejectedException.damaged();
    }
    int n;
    try {
      n = in.read(chunk, 0, Math.min(chunk.length, target.remaining()));
    } catch (IOException e) {
      // The reader may have been thrown out of the middle of filling it.
      buffer = emptyBuffer();
      throw e;
    }
    if (n > 0) {
      target.put(chunk, 0, n);
      allowed -= n;
    }
    return n;
  }

  private static ByteBuffer emptyBuffer() {
    return ByteBuffer.allocate(1 << 13).flip();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() throws IOException {
    open = false;
    in.close();
  }
}
