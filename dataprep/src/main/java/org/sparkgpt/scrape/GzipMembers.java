package org.sparkgpt.scrape;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The gzip members of a file as Java writes them (a header of ten bytes, RFC 1952), one after the
 * other, each checked by its CRC: {@link #next} stops at the first that is not whole, and {@link
 * #wholeBytes} says where that one begins.
 */
final class GzipMembers implements Closeable {
  private static final int HEADER = 10;
  private static final int TRAILER = 8;

  private final InputStream in;
  private final byte[] input = new byte[1 << 16];
  private int from;
  private int to;
  private long whole;

  GzipMembers(InputStream in) {
    this.in = in;
  }

  /** The next member, unpacked; empty at the end of the file and where it is cut or damaged. */
  Optional<byte[]> next() throws IOException {
    byte[] header = new byte[HEADER];
    if (!take(header) || header[0] != 0x1f || (header[1] & 0xff) != 0x8b || header[3] != 0) {
      return Optional.empty();
    }
    Inflater inflater = new Inflater(true);
    try {
      Optional<byte[]> content = inflate(inflater);
      byte[] trailer = new byte[TRAILER];
      if (content.isEmpty() || !take(trailer) || !isOf(trailer, content.get())) {
        return Optional.empty();
      }
      whole += HEADER + inflater.getBytesRead() + TRAILER;
      return content;
    } finally {
      inflater.end();
    }
  }

  /** Bytes of the file up to the end of the last whole member. */
  long wholeBytes() {
    return whole;
  }

  private Optional<byte[]> inflate(Inflater inflater) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    byte[] chunk = new byte[1 << 14];
    try {
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          if (from == to && !fill()) {
            return Optional.empty();
          }
          inflater.setInput(input, from, to - from);
          from = to;
        }
        content.write(chunk, 0, inflater.inflate(chunk));
      }
    } catch (DataFormatException e) {
      return Optional.empty();
    }
    from = to - inflater.getRemaining();
    return Optional.of(content.toByteArray());
  }

  private boolean take(byte[] bytes) throws IOException {
    for (int i = 0; i < bytes.length; i++) {
      if (from == to && !fill()) {
        return false;
      }
      bytes[i] = input[from++];
    }
    return true;
  }

  private boolean fill() throws IOException {
    from = 0;
    to = Math.max(0, in.read(input));
    return to > 0;
  }

  private static boolean isOf(byte[] trailer, byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return littleEndian(trailer, 0) == (int) crc.getValue()
        && littleEndian(trailer, 4) == content.length;
  }

  private static int littleEndian(byte[] bytes, int at) {
    return bytes[at] & 0xff
        | (bytes[at + 1] & 0xff) << 8
        | (bytes[at + 2] & 0xff) << 16
        | (bytes[at + 3] & 0xff) << 24;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
