package org.sparkgpt.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One walk over a gzip WARC file as ingestion does it: each record's header parsed and its content
 * in memory, checked, but nothing made of it. For measurements.
 *
 * @param records of all types
 * @param contentBytes their contents' length, decompressed, without headers
 */
public record WarcScan(long records, long contentBytes) {
  private static final double ANY_RATIO = Double.POSITIVE_INFINITY;

  /**
   * @throws IOException if the file or a record in it cannot be read
   */
  public static WarcScan of(Path file) throws IOException {
    WarcHeader format = new WarcHeader();
    long records = 0;
    long contentBytes = 0;
    InputStream in = Files.newInputStream(file);
    MemberInput compressed = new MemberInput(in, 0);
    try (RecordBytes bytes =
        new RecordBytes(
            new Members(compressed, new GzipMember(ANY_RATIO), format, ByteRange.WHOLE),
            format,
            false)) {
      while (bytes.nextMember()) {
        while (bytes.hasRecord()) {
          byte[] content = bytes.readBody(Math.toIntExact(bytes.readHeader().length()));
          records++;
          contentBytes += content.length;
        }
      }
    }
    return new WarcScan(records, contentBytes);
  }
}
