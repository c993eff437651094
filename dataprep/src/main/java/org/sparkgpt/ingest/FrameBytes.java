package org.sparkgpt.ingest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes of one Zstandard frame, whose end is found by its blocks' headers (RFC 8878, 3.1.1), so
 * that no byte of the next frame is taken.
 */
final class FrameBytes extends InputStream {
  private static final int SINGLE_SEGMENT = 0x20;
  private static final int CHECKSUM = 0x04;
  private static final int[] DICTIONARY_ID = {0, 1, 2, 4};
  private static final int[] CONTENT_SIZE = {0, 2, 4, 8};
  private static final int RLE_BLOCK = 1;

  private enum Part {
    HEADER,
    BLOCK,
    CHECKSUM,
    END
  }

  private final MemberInput in;
  private Part part = Part.HEADER;

  /** Bytes that have been looked at and not yet handed out. */
  private final byte[] head = new byte[18];

  private int headPosition;
  private int headLimit;

  /** Bytes of the part behind these. */
  private long rest;

  private boolean checksum;
  private boolean lastBlock;
  private boolean cut;
  private long count;

  FrameBytes(MemberInput in) {
    this.in = in;
  }

  long count() {
    return count;
  }

  boolean isCut() {
    return cut;
  }

  /**
   * @throws RejectedException if the frame goes on
   */
  void requireEnd() throws IOException {
    if (headPosition < headLimit || rest > 0 || nextPart()) {
      throw cut ? new EOFException("zstd frame is cut") : RejectedException.damaged();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (headPosition == headLimit && rest == 0 && !nextPart()) {
      return -1;
    }
    int n;
    if (headPosition < headLimit) {
      n = Math.min(length, headLimit - headPosition);
      System.arraycopy(head, headPosition, target, offset, n);
      headPosition += n;
    } else {
      n = in.read(target, offset, (int) Math.min(length, rest));
      if (n < 0) {
        throw cut();
      }
      rest -= n;
    }
    count += n;
    return n;
  }

  private boolean nextPart() throws IOException {
    headPosition = 0;
    headLimit = 0;
    switch (part) {
      case HEADER -> {
        readHeader();
        part = Part.BLOCK;
      }
      case BLOCK -> readBlockHeader();
      case CHECKSUM -> {
        take(4);
        part = Part.END;
      }
      case END -> {
        return false;
      }
    }
    if (part == Part.BLOCK && lastBlock) {
      part = checksum ? Part.CHECKSUM : Part.END;
    }
    return true;
  }

  private void readHeader() throws IOException {
    take(5);
    int descriptor = head[4];
    boolean single = (descriptor & SINGLE_SEGMENT) != 0;
    checksum = (descriptor & CHECKSUM) != 0;
    int sizeFlag = descriptor >> 6 & 3;
    int size = sizeFlag == 0 && single ? 1 : CONTENT_SIZE[sizeFlag];
    take((single ? 0 : 1) + DICTIONARY_ID[descriptor & 3] + size);
  }

  private void readBlockHeader() throws IOException {
    take(3);
    int header = head[0] & 0xff | (head[1] & 0xff) << 8 | (head[2] & 0xff) << 16;
    lastBlock = (header & 1) != 0;
    rest = (header >> 1 & 3) == RLE_BLOCK ? 1 : header >> 3;
  }

  private void take(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      int value = in.read();
      if (value < 0) {
        throw cut();
      }
      head[headLimit++] = (byte) value;
    }
  }

  private EOFException cut() {
    cut = true;
    return new EOFException("zstd frame is cut");
  }
}
