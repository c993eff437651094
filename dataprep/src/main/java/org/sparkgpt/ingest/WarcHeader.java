package org.sparkgpt.ingest;

import org.sparkgpt.ingest.ArchivedRecord.Kind;

/** WARC 0.17 to 1.1 (ISO 28500): a version, then named fields up to a blank line. */
final class WarcHeader implements ArchivedRecord.Format {
  private static final byte[] VERSION = {'W', 'A', 'R', 'C', '/'};

  @Override
  public int lookahead() {
    return VERSION.length;
  }

  @Override
  public boolean startsAt(byte[] bytes, int from, int to) {
    if (to - from < VERSION.length) {
      return false;
    }
    for (int i = 0; i < VERSION.length; i++) {
      if (bytes[from + i] != VERSION[i]) {
        return false;
      }
    }
    return true;
  }

  /** Lines should end with CR LF; LF alone is understood. */
  @Override
  public int headerLength(byte[] bytes, int from, int seen, int to) {
    for (int i = Math.max(from + 1, seen - 2); i < to; i++) {
      if (bytes[i] == '\n') {
        boolean afterReturn = bytes[i - 1] == '\r' && i - 2 >= from;
        if (bytes[i - 1] == '\n' || afterReturn && bytes[i - 2] == '\n') {
          return i + 1 - from;
        }
      }
    }
    return -1;
  }

  @Override
  public ArchivedRecord parse(String header) throws RejectedException {
    String type = null;
    String content = "";
    String url = null;
    String date = null;
    String length = null;
    int end;
    for (int at = header.indexOf('\n') + 1; at < header.length(); at = end + 1) {
      end = endOfField(header, at);
      int colon = header.indexOf(':', at);
      if (colon < 0 || colon >= end) {
        continue; // the blank line
      }
      int nameLength = colon - at;
      if (type == null && named(header, at, nameLength, "WARC-Type")) {
        type = header.substring(colon + 1, end).strip();
      } else if (content.isEmpty() && named(header, at, nameLength, "Content-Type")) {
        content = header.substring(colon + 1, end).strip();
      } else if (url == null && named(header, at, nameLength, "WARC-Target-URI")) {
        url = header.substring(colon + 1, end).strip();
      } else if (date == null && named(header, at, nameLength, "WARC-Date")) {
        date = header.substring(colon + 1, end).strip();
      } else if (length == null && named(header, at, nameLength, "Content-Length")) {
        length = header.substring(colon + 1, end).strip();
      }
    }
    Kind kind = kind(type, content);
    Long fetched = kind == Kind.OTHER ? null : FetchDate.millis(date);
    return new ArchivedRecord(kind, bare(url), fetched, lengthOf(length));
  }

  /** A line that begins with a blank continues the one before. */
  private static int endOfField(String header, int at) {
    int end = header.indexOf('\n', at);
    while (end + 1 < header.length()
        && (header.charAt(end + 1) == ' ' || header.charAt(end + 1) == '\t')) {
      end = header.indexOf('\n', end + 1);
    }
    return end;
  }

  private static boolean named(String header, int at, int length, String name) {
    return length == name.length() && header.regionMatches(true, at, name, 0, length);
  }

  private static Kind kind(String type, String content) throws RejectedException {
    if (type == null) {
      throw RejectedException.damaged();
    }
    if (type.equals("response") && content.startsWith("application/http")) {
      return Kind.PAGE;
    }
    return type.equals("conversion") ? Kind.TEXT : Kind.OTHER;
  }

  /** WARC 1.0's grammar put addresses in angle brackets, and wget does. */
  private static String bare(String url) {
    boolean bracketed = url != null && url.startsWith("<") && url.endsWith(">");
    return bracketed ? url.substring(1, url.length() - 1) : url;
  }

  /**
   * @param digits null if the header has none
   */
  static long lengthOf(String digits) throws RejectedException {
    if (digits == null || digits.isEmpty() || digits.length() > 18) {
      throw RejectedException.damaged();
    }
    long length = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw RejectedException.damaged();
      }
      length = 10 * length + digit;
    }
    return length;
  }
}
