package org.sparkgpt.ingest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** A tar, which has no directory: every task that shares it reads all of it. */
final class TarEntries implements Entries {
  private final TarArchiveInputStream tar;

  TarEntries(InputStream in) {
    tar = new TarArchiveInputStream(in, "UTF-8");
  }

  @Override
  public String next() throws IOException {
    try {
      TarArchiveEntry entry = tar.getNextTarEntry();
      while (entry != null && !(entry.isFile() && tar.canReadEntryData(entry))) {
        entry = tar.getNextTarEntry();
      }
      return entry == null ? null : entry.getName();
    } catch (IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw RejectedException.damaged();
    } catch (IOException e) {
      throw named(e);
    }
  }

  @Override
  public InputStream open() {
    return new Entry(tar);
  }

  @Override
  public long size() {
    return tar.getCurrentEntry().getSize();
  }

  @Override
  public boolean inSequence() {
    return true;
  }

  /** Commons Compress has no type for a cut archive, only this message. */
  private static IOException named(IOException e) {
    boolean cut = e.getMessage() != null && e.getMessage().startsWith("Truncated TAR");
    return cut ? new EOFException(e.getMessage()) : e;
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }

  /** One file of the archive; closing it leaves the archive open. */
  private static final class Entry extends BulkInputStream {
    private final TarArchiveInputStream tar;

    Entry(TarArchiveInputStream tar) {
      this.tar = tar;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return tar.read(target, offset, length);
      } catch (IOException e) {
        throw named(e);
      }
    }
  }
}
