package org.sparkgpt.ingest;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** The lines of a file, or of a range of it: those that begin there. */
final class LineInput implements Closeable {
  private final InputStream in;
  private final long maxBytes;
  private final long end;
  private final byte[] buffer = new byte[1 << 16];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int position;
  private int limit;

  /** Place of the next byte in the file. */
  private long offset;

  private long start;
  private long length;
  private boolean blank;
  private boolean inFirstLine;

  /**
   * @param in from the range's first byte on or, if that is not the file's, from the one before
   * @param maxBytes of a longer line only the length is kept
   */
  LineInput(InputStream in, long maxBytes, ByteRange range) {
    this.in = in;
    this.maxBytes = maxBytes;
    this.end = range.end();
    this.offset = firstByte(range);
    this.inFirstLine = range.start() > 0;
  }

  /** Where the stream for a range begins: the byte before tells whether a line begins there. */
  static long firstByte(ByteRange range) {
    return Math.max(0, range.start() - 1);
  }

  /** Moves to the next line, false at the end. */
  boolean next() throws IOException {
    if (inFirstLine) {
      inFirstLine = false;
      readLine();
    }
    return offset < end && readLine();
  }

  private boolean readLine() throws IOException {
    start = offset;
    line.reset();
    length = 0;
    blank = true;
    while (position < limit || fill()) {
      int from = position;
      while (position < limit && buffer[position] != '\n') {
        blank &= isWhiteSpace(buffer[position]);
        position++;
      }
      boolean complete = position < limit;
      length += position - from;
      offset += position - from + (complete ? 1 : 0);
      if (length <= maxBytes) {
        line.write(buffer, from, position - from);
      }
      if (complete) {
        position++; // the line's end
        return true;
      }
    }
    return offset > start;
  }

  private static boolean isWhiteSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer, 0, buffer.length));
    return limit > 0;
  }

  /** Where the line begins in the file. */
  long start() {
    return start;
  }

  /** Bytes of the line, without its end. */
  long length() {
    return length;
  }

  boolean isBlank() {
    return blank;
  }

  /** The line without its end; part of it if it is longer than allowed. */
  byte[] bytes() {
    return line.toByteArray();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
