package org.sparkgpt.scrape;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What a file of {@link WarcLog} says, in the order in which it was said. */
final class LogReader implements Closeable {
  private final GzipMembers members;
  private final Path file;
  private final long length;
  private Visit visit;
  private HostState host;
  private byte[] robots;
  private byte[] reservations;
  private long whole;
  private long said;

  private LogReader(InputStream in, Path file, long length) {
    this.members = new GzipMembers(in);
    this.file = file;
    this.length = length;
  }

  /** Reads a finished file; one that ends too early is an error. */
  static LogReader whole(FileSystem fs, Path file) throws IOException {
    return new LogReader(fs.open(file), file, fs.getFileStatus(file).getLen());
  }

  /** Reads an unfinished file up to where it is cut. */
  static LogReader cut(FileSystem fs, Path file) throws IOException {
    return new LogReader(fs.open(file), file, 0);
  }

  /**
   * Moves to the next visit or host's state; false at the end.
   *
   * @throws IOException if a record is not of this log, or the file is damaged
   */
  boolean next() throws IOException {
    visit = null;
    host = null;
    for (Optional<byte[]> m = members.next(); m.isPresent(); m = members.next()) {
      WarcRecord record = WarcRecord.parse(m.get());
      switch (record.field(WarcRecord.TYPE)) {
        case WarcLog.INFO -> whole = members.wholeBytes();
        case WarcLog.RESOURCE -> keep(record);
        case WarcLog.METADATA -> {
          understand(record);
          whole = members.wholeBytes();
          said++;
          return true;
        }
        default -> {} // the page itself
      }
    }
    if (whole < length) {
      throw new IOException(
          file
              + ": damaged after byte "
              + whole
              + " of "
              + length
              + "; delete it to visit its pages again");
    }
    return false;
  }

  private void keep(WarcRecord resource) {
    if (resource.field(WarcRecord.TARGET).endsWith(WarcLog.ROBOTS)) {
      robots = resource.block();
    } else {
      reservations = resource.block();
    }
  }

  private void understand(WarcRecord metadata) {
    LogFields fields = LogFields.parse(metadata.block());
    if (fields.isVisit()) {
      visit = fields.visit(metadata.field(WarcRecord.TARGET));
    } else {
      host = fields.host(robots, reservations);
      robots = null;
      reservations = null;
    }
  }

  Optional<Visit> visit() {
    return Optional.ofNullable(visit);
  }

  Optional<HostState> host() {
    return Optional.ofNullable(host);
  }

  /** Bytes of the file up to the end of what was said last: records without their metadata go. */
  long wholeBytes() {
    return whole;
  }

  /** Visits and states so far. */
  long said() {
    return said;
  }

  @Override
  public void close() throws IOException {
    members.close();
  }
}
