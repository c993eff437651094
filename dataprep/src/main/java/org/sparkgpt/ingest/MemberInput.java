package org.sparkgpt.ingest;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.Inflater;

/** The compressed side of {@link GunzipStream}: a buffer, and the headers and trailers in it. */
final class MemberInput implements Closeable {
  private static final int BUFFER = 1 << 17;
  private static final int MAGIC_1 = 0x1f;
  private static final int MAGIC_2 = 0x8b;
  private static final int DEFLATE = 8;
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xe0;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;

  /** Where the current member began, as long as that is in the buffer; else -1. */
  private int memberStart = -1;

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
    memberStart = position - 1;
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

  /**
   * Moves to what looks like the header of a member behind the current one, false if there is none.
   * Damage may have led the inflater over such a header: the search begins after the current
   * member's own, if that is still in the buffer.
   *
   * @param unused bytes that the inflater was fed and did not use
   */
  boolean seekMember(int unused) throws IOException {
    position = memberStart >= 0 ? memberStart + 1 : position - unused;
    memberStart = -1;
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
      makeRoom();
      int n = in.read(buffer, limit, buffer.length - limit);
      if (n < 0) {
        return false;
      }
      limit += n;
    }
    return true;
  }

  /** Drops what was read, but for the current member as long as it is short. */
  private void makeRoom() {
    boolean keepMember = memberStart >= 0 && limit - memberStart <= BUFFER / 2;
    int from = keepMember ? memberStart : position;
    System.arraycopy(buffer, from, buffer, 0, limit - from);
    memberStart = keepMember ? 0 : -1;
    position -= from;
    limit -= from;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
