package org.sparkgpt.ingest;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A Zstandard frame (RFC 8878). The first skippable frame of a web archive may hold the dictionary
 * of the frames behind it (IIPC, "Use of Zstandard compression with WARC").
 */
final class ZstdFrame implements MemberDecoder {
  private static final int MAGIC = 0xfd2fb528;
  private static final int SKIPPABLE = 0x184d2a50;
  private static final int DICTIONARY = 0x184d2a5d;

  /** The format allows more; such dictionaries are of some 100 KB. */
  private static final int LARGEST_DICTIONARY = 16 << 20;

  private final double maxRatio;
  private byte[] dictionary;
  private FrameBytes bytes;
  private InputStream frame;
  private long out;

  /**
   * @param dictionary of the frames, null if there is none; one at the input's start is found
   *     without it
   */
  ZstdFrame(double maxRatio, byte[] dictionary) {
    this.maxRatio = maxRatio;
    this.dictionary = dictionary;
  }

  /** The dictionary with which a file begins, null if it begins with none. */
  static byte[] dictionaryOf(InputStream file, double maxRatio) throws IOException {
    MemberInput in = new MemberInput(file, 0);
    try (ZstdFrame frame = new ZstdFrame(maxRatio, null)) {
      frame.skipPadding(in);
      return frame.dictionary;
    }
  }

  @Override
  public void skipPadding(MemberInput in) throws IOException {
    while (in.has(MemberDecoder.MAGIC) && (magic(in) & 0xfffffff0) == SKIPPABLE) {
      boolean mayBeDictionary = in.offset() == 0 && magic(in) == DICTIONARY;
      in.littleEndian(4);
      long size = in.littleEndian(4);
      if (mayBeDictionary) {
        dictionary = readDictionary(in, size);
      } else {
        for (long i = 0; i < size; i++) {
          in.require();
        }
      }
    }
  }

  /** As it is or, recognised by its magic, compressed. */
  private byte[] readDictionary(MemberInput in, long size) throws IOException {
    if (size > LARGEST_DICTIONARY) {
      throw RejectedException.tooLarge(size, LARGEST_DICTIONARY);
    }
    byte[] stored = new byte[(int) size];
    for (int i = 0; i < stored.length; i++) {
      stored[i] = (byte) in.require();
    }
    MemberInput content = new MemberInput(new ByteArrayInputStream(stored), 0);
    if (!content.has(MemberDecoder.MAGIC) || magic(content) != MAGIC) {
      return stored;
    }
    InputStream plain =
        new MemberStream(new ByteArrayInputStream(stored), new ZstdFrame(maxRatio, null));
    return StrictText.readAll(plain, LARGEST_DICTIONARY);
  }

  private static int magic(MemberInput in) {
    return in.peek(0) | in.peek(1) << 8 | in.peek(2) << 16 | in.peek(3) << 24;
  }

  @Override
  public boolean mayBegin(MemberInput in) {
    return magic(in) == MAGIC;
  }

  @Override
  public void start(MemberInput in) throws IOException {
    close();
    out = 0;
    bytes = new FrameBytes(in);
    var zstd = new ZstdInputStreamNoFinalizer(bytes, RecyclingBufferPool.INSTANCE);
    if (dictionary != null) {
      zstd.setDict(dictionary);
    }
    frame = zstd;
  }

  @Override
  public int decode(MemberInput in, byte[] target, int offset, int length) throws IOException {
    int n;
    try {
      n = frame.read(target, offset, length);
    } catch (ZstdIOException e) {
      throw bytes.isCut() ? new EOFException("zstd frame is cut") : RejectedException.damaged();
    }
    if (n > 0) {
      out += n;
      Expansion.check(bytes.count(), out, maxRatio);
    } else if (n < 0) {
      bytes.requireEnd();
    }
    return n;
  }

  @Override
  public void giveUp(MemberInput in) {}

  @Override
  public void close() {
    if (frame != null) {
      try {
        frame.close(); // native memory; the input stays open
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      frame = null;
    }
  }
}
