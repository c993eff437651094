package org.sparkgpt.ingest;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.Inflater;

/** The compressed side of {@link GunzipStream}: a buffer, and the headers and trailers in it. */
final class MemberInput implements Closeable {
  private static final int MAGIC_1 = 0x1f;
  private static final int MAGIC_2 = 0x8b;
  private static final int DEFLATE = 8;
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xe0;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 15];
  private int position;
  private int limit;

  MemberInput(InputStream in) {
    this.in = in;
  }

  /**
   * Reads a member's header; false at the end, for which zeros behind the last member also count.
   */
  boolean readHeader() throws IOException {
    int first = read();
    while (first == 0) {
      first = read();
    }
    if (first < 0) {
      return false;
    }
    if (first != MAGIC_1 || require() != MAGIC_2 || require() != DEFLATE) {
      throw RejectedException.damaged();
    }
    int flags = require();
    if ((flags & RESERVED) != 0) {
      throw RejectedException.damaged();
    }
    littleEndian(6); // time, level and operating system
    if ((flags & EXTRA) != 0) {
      for (long rest = littleEndian(2); rest > 0; rest--) {
        require();
      }
    }
    skipString(flags & NAME);
    skipString(flags & COMMENT);
    if ((flags & HEADER_CRC) != 0) {
      littleEndian(2);
    }
    return true;
  }

  private void skipString(int present) throws IOException {
    while (present != 0 && require() != 0) {
      continue;
    }
  }

  /** Moves to what looks like the next member's header; false if there is none. */
  boolean seekMember() throws IOException {
    while (has(4)) {
      if ((buffer[position] & 0xff) == MAGIC_1
          && (buffer[position + 1] & 0xff) == MAGIC_2
          && buffer[position + 2] == DEFLATE
          && (buffer[position + 3] & RESERVED) == 0) {
        return true;
      }
      position++;
    }
    return false;
  }

  /** Unsigned number of up to 8 bytes. */
  long littleEndian(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) require() << (8 * i);
    }
    return value;
  }

  /** Hands the inflater all bytes in the buffer. */
  void feed(Inflater inflater) throws IOException {
    if (!has(1)) {
      throw new EOFException("gzip member is cut");
    }
    inflater.setInput(buffer, position, limit - position);
    position = limit;
  }

  /** Takes back what the inflater was fed and did not use. */
  void unread(int bytes) {
    position -= bytes;
  }

  private int require() throws IOException {
    int value = read();
    if (value < 0) {
      throw new EOFException("gzip member is cut");
    }
    return value;
  }

  private int read() throws IOException {
    return has(1) ? buffer[position++] & 0xff : -1;
  }

  private boolean has(int bytes) throws IOException {
    while (limit - position < bytes) {
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      limit -= position;
      position = 0;
      int n = in.read(buffer, limit, buffer.length - limit);
      if (n < 0) {
        return false;
      }
      limit += n;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
