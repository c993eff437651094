package org.sparkgpt.ingest;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The decompressed bytes of a web archive's current member. */
final class RecordBytes implements Closeable {
  /** A header is kept in memory. */
  private static final int MAX_HEADER = 1 << 20;

  private static final int BUFFER = 1 << 16;

  private final Members members;
  private final ArchivedRecord.Format format;
  private final boolean stored;
  private byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;

  /** Place of the buffer's first byte in the member. */
  private long base;

  /**
   * @param stored whether the file is no compressed one, but one member as a whole
   */
  RecordBytes(Members members, ArchivedRecord.Format format, boolean stored) {
    this.members = members;
    this.format = format;
    this.stored = stored;
  }

  /** Leaves what is left of the current member, which must have been read to its end. */
  boolean nextMember() throws IOException {
    position = 0;
    limit = 0;
    base = 0;
    return members.next();
  }

  /** Where the next byte lies: see {@link WarcRecords}. */
  String place() {
    long inside = base + position;
    if (stored) {
      return "@" + inside;
    }
    return "@" + members.offset() + (inside > 0 ? "+" + inside : "");
  }

  /** Whether the member has more than the line ends that follow a record. */
  boolean hasRecord() throws IOException {
    while (has(1) && (buffer[position] == '\r' || buffer[position] == '\n')) {
      position++;
    }
    return has(1);
  }

  boolean atRecord() throws IOException {
    has(format.lookahead());
    return format.startsAt(buffer, position, limit);
  }

  /**
   * Moves to the next line at which a record seems to start, or to the member's end.
   *
   * @throws EOFException if not even the line that was begun has an end
   */
  void seekRecord() throws IOException {
    if (has(1) && !skipLine()) {
      throw new EOFException("record is cut");
    }
    while (has(1) && !atRecord()) {
      skipLine();
    }
  }

  /** Whether the line has an end. */
  private boolean skipLine() throws IOException {
    byte last = 0;
    while (last != '\n' && has(1)) {
      last = buffer[position++];
    }
    return last == '\n';
  }

  ArchivedRecord readHeader() throws IOException {
    int seen = 0;
    int length = -1;
    while (length < 0) {
      if (!has(seen + 1)) {
        throw new EOFException("record is cut");
      }
      length = format.headerLength(buffer, position, position + seen, limit);
      seen = limit - position;
      if (length < 0 && seen > MAX_HEADER) {
        throw RejectedException.damaged();
      }
    }
    String header = new String(buffer, position, length, StandardCharsets.UTF_8);
    position += length;
    return format.parse(header);
  }

  byte[] readBody(int length) throws IOException {
    byte[] body = new byte[Math.min(length, 4 * BUFFER)]; // a wrong length costs no memory
    int done = 0;
    while (done < length) {
      if (done == body.length) {
        body = Arrays.copyOf(body, (int) Math.min(length, 4L * body.length));
      }
      done += readSome(body, done, body.length - done);
    }
    return body;
  }

  void skipBody(long length) throws IOException {
    long rest = length;
    while (rest > 0) {
      if (!has(1)) {
        throw new EOFException("record is cut");
      }
      int n = (int) Math.min(rest, limit - position);
      position += n;
      rest -= n;
    }
  }

  private int readSome(byte[] target, int offset, int length) throws IOException {
    int n = Math.min(length, limit - position);
    if (n > 0) {
      System.arraycopy(buffer, position, target, offset, n);
      position += n;
      return n;
    }
    base += position;
    position = 0;
    limit = 0;
    n = members.read(target, offset, length);
    if (n < 0) {
      throw new EOFException("record is cut");
    }
    base += n;
    return n;
  }

  private boolean has(int bytes) throws IOException {
    while (limit - position < bytes) {
      makeRoom(bytes);
      int n = members.read(buffer, limit, buffer.length - limit);
      if (n < 0) {
        return false;
      }
      limit += n;
    }
    return true;
  }

  private void makeRoom(int bytes) {
    if (position + bytes > buffer.length) {
      byte[] from = buffer;
      if (bytes > buffer.length / 2) {
        buffer = new byte[2 * buffer.length];
      }
      System.arraycopy(from, position, buffer, 0, limit - position);
      base += position;
      limit -= position;
      position = 0;
    }
  }

  @Override
  public void close() throws IOException {
    members.close();
  }
}
