package org.sparkgpt.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/** The bound on what may come out of compressed bytes. */
final class Expansion {
  /** Short members may be all blanks: the ratio says something only about longer ones. */
  private static final long FREE = 1 << 20;

  private Expansion() {}

  static void check(long in, long out, double maxRatio) throws RejectedException {
    if (out > FREE && out > maxRatio * in) {
      throw RejectedException.expansion((double) out / in, maxRatio);
    }
  }

  /** An archive's file as its directory describes it: anything else that comes out is damage. */
  static final class Verified extends BulkInputStream {
    private final InputStream in;
    private final ZipArchiveEntry entry;
    private final double maxRatio;
    private final CRC32 crc = new CRC32();
    private long out;

    Verified(InputStream in, ZipArchiveEntry entry, double maxRatio) {
      this.in = in;
      this.entry = entry;
      this.maxRatio = maxRatio;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int n = in.read(target, offset, length);
      if (n > 0) {
        out += n;
        crc.update(target, offset, n);
        check(entry.getCompressedSize(), out, maxRatio);
      } else if (n < 0 && (out != entry.getSize() || crc.getValue() != entry.getCrc())) {
        throw RejectedException.damaged();
      }
      return n;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
