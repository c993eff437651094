package org.sparkgpt.ingest;

import org.sparkgpt.ingest.ArchivedRecord.Kind;

/**
 * ARC, version 1 and 2, of the Internet Archive: one line, whose fields are set apart by blanks.
 * Version 1 has address, IP address, date, media type, length; version 2 puts result code,
 * checksum, location, offset and file name before the length.
 */
final class ArcHeader implements ArchivedRecord.Format {
  /** Crawlers of the time cut addresses at 2 KB. */
  private static final int LONGEST = 1 << 13;

  private static final int FIELDS_1 = 5;
  private static final int FIELDS_2 = 10;
  private static final int DATE = 2;

  @Override
  public int lookahead() {
    return LONGEST;
  }

  @Override
  public boolean startsAt(byte[] bytes, int from, int to) {
    int blanks = 0;
    for (int i = from; i < Math.min(to, from + LONGEST); i++) {
      if (bytes[i] == '\n') {
        return isScheme(bytes, from, to)
            && (blanks == FIELDS_1 - 1 || blanks == FIELDS_2 - 1)
            && endsWithDigit(bytes, from, i);
      }
      blanks += bytes[i] == ' ' ? 1 : 0;
    }
    return false;
  }

  /** A member is asked for by its first bytes only. */
  @Override
  public boolean test(byte[] bytes, int length) {
    return isScheme(bytes, 0, length);
  }

  /** Like {@code http:}, {@code filedesc:}, {@code dns:}. */
  private static boolean isScheme(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && bytes[i] >= 'a' && bytes[i] <= 'z') {
      i++;
    }
    return i > from + 1 && i < to && bytes[i] == ':';
  }

  private static boolean endsWithDigit(byte[] bytes, int from, int newLine) {
    int last = newLine - 1;
    if (last > from && bytes[last] == '\r') {
      last--;
    }
    return bytes[last] >= '0' && bytes[last] <= '9';
  }

  @Override
  public int headerLength(byte[] bytes, int from, int seen, int to) {
    for (int i = seen; i < to; i++) {
      if (bytes[i] == '\n') {
        return i + 1 - from;
      }
    }
    return -1;
  }

  @Override
  public ArchivedRecord parse(String header) throws RejectedException {
    String[] fields = header.strip().split(" ", -1);
    if (fields.length != FIELDS_1 && fields.length != FIELDS_2) {
      throw RejectedException.damaged();
    }
    String url = fields[0];
    boolean page = url.startsWith("http:") || url.startsWith("https:");
    long length = WarcHeader.lengthOf(fields[fields.length - 1]);
    return new ArchivedRecord(
        page ? Kind.PAGE : Kind.OTHER, url, FetchDate.millis(fields[DATE]), length);
  }
}
