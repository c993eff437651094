package org.sparkgpt.ingest;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/** Decompresses bzip2, one stream behind the other, within a ratio. */
final class Bunzip2Stream extends BulkInputStream {
  private final Compressed compressed;
  private final double maxRatio;
  private InputStream plain;
  private long out;

  Bunzip2Stream(InputStream in, double maxRatio) {
    this.compressed = new Compressed(in);
    this.maxRatio = maxRatio;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int n;
    try {
      if (plain == null) {
        plain = new BZip2CompressorInputStream(compressed, true);
      }
      n = plain.read(target, offset, length);
    } catch (RejectedException | EOFException | UncheckedIOException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // there is no type for any of it
      throw compressed.ended ? new EOFException("bzip2 is cut") : RejectedException.damaged();
    }
    out += Math.max(n, 0);
    Expansion.check(compressed.count, out, maxRatio);
    return n;
  }

  @Override
  public void close() throws IOException {
    compressed.close();
  }

  /** Counts what the decompressor takes. */
  private static final class Compressed extends FilterInputStream {
    private long count;
    private boolean ended;

    Compressed(InputStream in) {
      super(new BufferedInputStream(in, 1 << 16));
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      ended |= value < 0;
      count += value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int n = super.read(target, offset, length);
      ended |= n < 0;
      count += Math.max(n, 0);
      return n;
    }
  }
}
