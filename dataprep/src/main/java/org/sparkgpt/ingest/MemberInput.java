package org.sparkgpt.ingest;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.Inflater;

/**
 * The compressed side of {@link Members}: a window over a file, in which the search for a member
 * can go back over what damage made the decoder swallow.
 */
final class MemberInput implements Closeable {
  /** How far the search can go back. */
  private static final int KEPT = 1 << 16;

  private final InputStream in;
  private final byte[] buffer = new byte[3 * KEPT];
  private int position;
  private int limit;

  /** Place of the buffer's first byte in the file. */
  private long base;

  /** Bytes gone back in all: no more than some times those read, so that searching stays linear. */
  private long goneBack;

  private boolean ended;

  /**
   * @param in from {@code offset} on
   */
  MemberInput(InputStream in, long offset) {
    this.in = in;
    this.base = offset;
  }

  /** Of the next byte, from the file's start. */
  long offset() {
    return base + position;
  }

  /** Moves behind {@code offset}, or as near to it as the window reaches. */
  void goBackTo(long offset) {
    long to = Math.max(Math.max(base, offset), offset() - KEPT);
    long distance = offset() - to;
    if (distance > 0 && goneBack + distance <= 2 * offset() + 64L * KEPT) {
      goneBack += distance;
      position -= (int) distance;
    }
  }

  /** Whether so many more bytes are there; at most {@link #KEPT}. */
  boolean has(int bytes) throws IOException {
    while (limit - position < bytes && !ended) {
      makeRoom();
      ended = true; // also if this throws: what is behind a failure is not asked for again
      int n = in.read(buffer, limit, buffer.length - limit);
      ended = n < 0;
      limit += Math.max(n, 0);
    }
    return limit - position >= bytes;
  }

  private void makeRoom() {
    int drop = position - KEPT;
    if (limit == buffer.length && drop > 0) {
      System.arraycopy(buffer, drop, buffer, 0, limit - drop);
      base += drop;
      position -= drop;
      limit -= drop;
    }
  }

  /** A byte ahead that {@link #has} has found. */
  int peek(int ahead) {
    return buffer[position + ahead] & 0xff;
  }

  void skip() {
    position++;
  }

  /** The next byte, -1 at the end. */
  int read() throws IOException {
    return has(1) ? buffer[position++] & 0xff : -1;
  }

  int read(byte[] target, int offset, int length) throws IOException {
    if (!has(1)) {
      return -1;
    }
    int n = Math.min(length, limit - position);
    System.arraycopy(buffer, position, target, offset, n);
    position += n;
    return n;
  }

  int require() throws IOException {
    int value = read();
    if (value < 0) {
      throw new EOFException("compressed file is cut");
    }
    return value;
  }

  /** Unsigned number of up to 8 bytes. */
  long littleEndian(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) require() << (8 * i);
    }
    return value;
  }

  /** Hands the inflater all bytes of the window. */
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

  @Override
  public void close() throws IOException {
    in.close();
  }
}
