package org.sparkgpt.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import java.util.Enumeration;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** A zip or jar, read through its directory: a task unpacks only the files it keeps. */
final class ZipEntries implements Entries {
  private final ZipFile zip;
  private final Enumeration<ZipArchiveEntry> entries;
  private final double maxRatio;
  private ZipArchiveEntry current;

  ZipEntries(SeekableByteChannel channel, double maxRatio) throws IOException {
    this.maxRatio = maxRatio;
    try {
      // Local headers say nothing that the directory does not: reading them would cost a seek each.
      zip = new ZipFile(channel, "archive", "UTF-8", true, true);
      entries = zip.getEntriesInPhysicalOrder();
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw damageOf(e);
    }
  }

  @Override
  public String next() {
    while (entries.hasMoreElements()) {
      current = entries.nextElement();
      if (!current.isDirectory() && !current.isUnixSymlink()) {
        return current.getName();
      }
    }
    return null;
  }

  @Override
  public InputStream open() throws IOException {
    if (!zip.canReadEntryData(current)) {
      throw RejectedException.damaged(); // encrypted, or by a method of compression nobody uses
    }
    try {
      return new Expansion.Verified(zip.getInputStream(current), current, maxRatio);
    } catch (RuntimeException e) {
      throw damageOf(e);
    }
  }

  @Override
  public boolean inSequence() {
    return false;
  }

  /** Commons Compress throws all kinds of unchecked exceptions on malformed headers. */
  static IOException damageOf(Exception e) {
    if (e instanceof UncheckedIOException storage) {
      throw storage;
    }
    return RejectedException.damaged();
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
