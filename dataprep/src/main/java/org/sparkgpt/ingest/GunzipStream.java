package org.sparkgpt.ingest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses gzip members one after the other (RFC 1952). Unlike {@link
 * java.util.zip.GZIPInputStream} it goes on after damage: the read that meets it throws, and the
 * next read continues with the next member that can be found. So one broken record of a WARC file,
 * where every record is a member, costs that record.
 *
 * <p>A member is checked before its last bytes are handed out, so that a record within one buffer
 * is never seen unless its checksum holds.
 */
final class GunzipStream extends InputStream {
  private static final int BUFFER = 1 << 16;

  private final MemberInput in;
  private final double maxRatio;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] out = new byte[BUFFER];
  private int outPosition;
  private int outLimit;
  private boolean inMember;
  private boolean ended;
  private IOException failure;

  GunzipStream(InputStream in, double maxRatio) {
    this.in = new MemberInput(in);
    this.maxRatio = maxRatio;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (outPosition == outLimit) {
      if (failure != null) {
        throw takeFailure();
      }
      if (ended) {
        return -1;
      }
      fill();
    }
    int n = Math.min(length, outLimit - outPosition);
    System.arraycopy(out, outPosition, target, offset, n);
    outPosition += n;
    return n;
  }

  private IOException takeFailure() {
    IOException taken = failure;
    failure = null;
    return taken;
  }

  /** Inflates into the buffer until it is full, the member ends or something is wrong. */
  private void fill() throws IOException {
    outPosition = 0;
    outLimit = 0;
    try {
      if (!inMember && !startMember()) {
        ended = true;
        return;
      }
      while (outLimit < BUFFER && !inflater.finished()) {
        inflate();
      }
      if (inflater.finished()) {
        endMember();
      }
    } catch (EOFException e) {
      giveUpMember(e);
    } catch (DataFormatException | RejectedException e) {
      giveUpMember(
          e instanceof RejectedException rejected ? rejected : RejectedException.damaged());
    }
  }

  /** What a cut member gave counts; what a damaged one gave last may be wrong and does not. */
  private void giveUpMember(IOException cause) throws IOException {
    boolean more = in.seekMember(inMember ? inflater.getRemaining() : 0);
    boolean cut = cause instanceof EOFException && !more;
    if (!cut) {
      outLimit = 0;
    }
    // Damage can make a member seem to reach to the file's end, over others.
    failure = cause instanceof EOFException && more ? RejectedException.damaged() : cause;
    inMember = false;
    ended = !more;
  }

  private boolean startMember() throws IOException {
    if (!in.readHeader()) {
      return false;
    }
    inflater.reset();
    crc.reset();
    inMember = true;
    return true;
  }

  private void inflate() throws IOException, DataFormatException {
    if (inflater.needsInput()) {
      in.feed(inflater);
    }
    int n = inflater.inflate(out, outLimit, BUFFER - outLimit);
    if (n == 0 && inflater.needsDictionary()) {
      throw RejectedException.damaged();
    }
    crc.update(out, outLimit, n);
    outLimit += n;
    Expansion.check(inflater.getBytesRead(), inflater.getBytesWritten(), maxRatio);
  }

  private void endMember() throws IOException {
    in.unread(inflater.getRemaining());
    inMember = false;
    long expectedCrc = in.littleEndian(4);
    long expectedSize = in.littleEndian(4);
    if (expectedCrc != crc.getValue()
        || expectedSize != (inflater.getBytesWritten() & 0xffffffffL)) {
      throw RejectedException.damaged();
    }
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
