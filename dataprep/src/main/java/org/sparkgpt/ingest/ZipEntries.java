package org.sparkgpt.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.Enumeration;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** A zip or jar, read through its directory: a task unpacks only the files it keeps. */
final class ZipEntries implements Entries {
  private static final int END_RECORD = 22;
  private static final int MAX_COMMENT = 0xffff;
  private static final int END_SIGNATURE = 0x06054b50;

  /** The count is too large for this record. */
  private static final int IN_ZIP64 = 0xffff;

  private final ZipFile zip;
  private final Enumeration<ZipArchiveEntry> entries;
  private final double maxRatio;
  private final long declared;
  private long seen;
  private ZipArchiveEntry current;

  ZipEntries(SeekableByteChannel channel, double maxRatio) throws IOException {
    this.maxRatio = maxRatio;
    try {
      declared = declaredEntries(channel);
      // Local headers say nothing that the directory does not: reading them would cost a seek each.
      zip = new ZipFile(channel, "archive", "UTF-8", true, true);
      requireApart(channel.size());
      entries = zip.getEntriesInPhysicalOrder();
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw damageOf(e);
    }
  }

  /** Bombs let many entries share the same compressed bytes; then a ratio bounds nothing. */
  private void requireApart(long length) throws IOException {
    long total = 0;
    Enumeration<ZipArchiveEntry> all = zip.getEntries();
    while (all.hasMoreElements()) {
      total += Math.max(0, all.nextElement().getCompressedSize());
      if (total > length) {
        throw RejectedException.damaged();
      }
    }
  }

  @Override
  public String next() throws IOException {
    while (entries.hasMoreElements()) {
      seen++;
      current = entries.nextElement();
      if (!current.isDirectory() && !current.isUnixSymlink()) {
        return current.getName();
      }
    }
    if (seen < declared) {
      throw RejectedException.damaged(); // Commons Compress stops in silence at a broken entry
    }
    return null;
  }

  /** The count in the "end of central directory" record (APPNOTE 4.3.16), 0 if there is none. */
  private static long declaredEntries(SeekableByteChannel channel) throws IOException {
    int length = (int) Math.min(channel.size(), END_RECORD + MAX_COMMENT);
    ByteBuffer tail = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    channel.position(channel.size() - length);
    while (tail.hasRemaining() && channel.read(tail) >= 0) {
      continue;
    }
    for (int at = tail.position() - END_RECORD; at >= 0; at--) {
      if (tail.getInt(at) == END_SIGNATURE) {
        int count = tail.getShort(at + 10) & 0xffff;
        return count == IN_ZIP64 ? 0 : count;
      }
    }
    return 0;
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

  /** What would unpack to more is rejected as damaged. */
  @Override
  public long size() {
    return Math.max(0, current.getSize());
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
