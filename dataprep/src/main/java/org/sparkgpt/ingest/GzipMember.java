package org.sparkgpt.ingest;

import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** A gzip member (RFC 1952). */
final class GzipMember implements MemberDecoder {
  private static final int MAGIC_1 = 0x1f;
  private static final int MAGIC_2 = 0x8b;
  private static final int DEFLATE = 8;
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xe0;

  private final double maxRatio;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();

  GzipMember(double maxRatio) {
    this.maxRatio = maxRatio;
  }

  /** Tapes and some writers pad with zeros. */
  @Override
  public void skipPadding(MemberInput in) throws IOException {
    while (in.has(1) && in.peek(0) == 0) {
      in.skip();
    }
  }

  @Override
  public boolean mayBegin(MemberInput in) {
    return in.peek(0) == MAGIC_1
        && in.peek(1) == MAGIC_2
        && in.peek(2) == DEFLATE
        && (in.peek(3) & RESERVED) == 0;
  }

  @Override
  public void start(MemberInput in) throws IOException {
    inflater.reset();
    crc.reset();
    in.littleEndian(3);
    int flags = in.require();
    in.littleEndian(6); // time, level and operating system
    if ((flags & EXTRA) != 0) {
      for (long rest = in.littleEndian(2); rest > 0; rest--) {
        in.require();
      }
    }
    skipString(in, flags & NAME);
    skipString(in, flags & COMMENT);
    if ((flags & HEADER_CRC) != 0) {
      in.littleEndian(2);
    }
  }

  private static void skipString(MemberInput in, int present) throws IOException {
    while (present != 0 && in.require() != 0) {
      continue;
    }
  }

  @Override
  public int decode(MemberInput in, byte[] target, int offset, int length) throws IOException {
    try {
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          in.feed(inflater);
        }
        int n = inflater.inflate(target, offset, length);
        if (n > 0) {
          crc.update(target, offset, n);
          Expansion.check(inflater.getBytesRead(), inflater.getBytesWritten(), maxRatio);
          return n;
        }
        if (inflater.needsDictionary()) {
          throw RejectedException.damaged();
        }
      }
    } catch (DataFormatException e) {
      throw RejectedException.damaged();
    }
    finish(in);
    return -1;
  }

  private void finish(MemberInput in) throws IOException {
    giveUp(in);
    long expectedCrc = in.littleEndian(4);
    long expectedSize = in.littleEndian(4);
    if (expectedCrc != crc.getValue()
        || expectedSize != (inflater.getBytesWritten() & 0xffffffffL)) {
      throw RejectedException.damaged();
    }
  }

  @Override
  public void giveUp(MemberInput in) {
    in.unread(inflater.getRemaining());
    inflater.setInput(new byte[0]); // so that nothing is given back twice
  }

  @Override
  public void close() {
    inflater.end();
  }
}
