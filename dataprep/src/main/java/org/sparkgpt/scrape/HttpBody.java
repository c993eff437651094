package org.sparkgpt.scrape;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;

/** Reads the body of an HTTP/1.1 answer (RFC 9112, 6), its chunks joined. */
final class HttpBody {
  private static final int BUFFER = 1 << 13;

  /** A chunk's size and its extensions, or a trailer. */
  private static final int MAX_LINE = 1 << 10;

  private static final int MAX_TRAILERS = 64;
  private static final int MAX_SIZE_DIGITS = 15;

  private final InputStream in;
  private final int maxBytes;
  private final boolean cut;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(BUFFER);
  private final byte[] buffer = new byte[BUFFER];

  /**
   * @param cut whether the rest of a larger body is left unread; if not, it is an error
   */
  HttpBody(InputStream in, int maxBytes, boolean cut) {
    this.in = in;
    this.maxBytes = maxBytes;
    this.cut = cut;
  }

  /**
   * @throws FetchException if the body is too large, or its length is not told in a way that is
   *     known
   * @throws EOFException if it ends before its announced end
   */
  byte[] read(HttpHead head) throws IOException {
    String transfer = head.joined("transfer-encoding").toLowerCase(Locale.ROOT).strip();
    List<String> lengths = head.all("content-length").stream().distinct().toList();
    if (!transfer.isEmpty() && !transfer.equals("identity")) {
      if (!transfer.equals("chunked")) {
        throw new FetchException(Outcome.BAD_RESPONSE);
      }
      readChunks();
    } else if (lengths.isEmpty()) {
      copyToEnd();
    } else {
      copy(length(lengths));
    }
    return body.toByteArray();
  }

  private static long length(List<String> declared) throws FetchException {
    String text = declared.get(0);
    if (declared.size() > 1 || !text.matches("\\d{1,18}")) {
      throw new FetchException(Outcome.BAD_RESPONSE);
    }
    return Long.parseLong(text);
  }

  private void readChunks() throws IOException {
    while (true) {
      long size = chunkSize(readLine());
      if (size == 0) {
        skipTrailers();
        return;
      }
      if (!copy(size)) {
        return;
      }
      if (!readLine().isEmpty()) {
        throw new FetchException(Outcome.BAD_RESPONSE);
      }
    }
  }

  private static long chunkSize(String line) throws FetchException {
    String digits = line.split(";", 2)[0].strip();
    if (!digits.matches("[0-9a-fA-F]{1," + MAX_SIZE_DIGITS + "}")) {
      throw new FetchException(Outcome.BAD_RESPONSE);
    }
    return Long.parseLong(digits, 16);
  }

  private void skipTrailers() throws IOException {
    for (int i = 0; i < MAX_TRAILERS; i++) {
      if (readLine().isEmpty()) {
        return;
      }
    }
    throw new FetchException(Outcome.BAD_RESPONSE);
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("answer ends between chunks");
      }
      if (line.length() == MAX_LINE) {
        throw new FetchException(Outcome.BAD_RESPONSE);
      }
      line.append((char) b);
    }
    return line.toString().strip();
  }

  /** False if the body was cut. */
  private boolean copy(long bytes) throws IOException {
    if (!cut && bytes > maxBytes - body.size()) {
      throw new FetchException(Outcome.TOO_LARGE);
    }
    long left = Math.min(bytes, maxBytes - body.size());
    boolean whole = left == bytes;
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(BUFFER, left));
      if (n < 0) {
        throw new EOFException("answer ends " + left + " bytes before its end");
      }
      body.write(buffer, 0, n);
      left -= n;
    }
    return whole;
  }

  private void copyToEnd() throws IOException {
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      int kept = Math.min(n, maxBytes - body.size());
      body.write(buffer, 0, kept);
      if (kept < n) {
        if (!cut) {
          throw new FetchException(Outcome.TOO_LARGE);
        }
        return;
      }
    }
  }
}
