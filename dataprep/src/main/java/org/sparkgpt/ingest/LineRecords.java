package org.sparkgpt.ingest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.sparkgpt.corpus.Document;

/**
 * A file with a document on every line that is not blank; a line's source is {@code file#number}.
 */
final class LineRecords implements Records {
  /** What one line says. */
  @FunctionalInterface
  interface Parser {
    Document parse(String line, String source) throws RejectedException;
  }

  private final InputStream in;
  private final String source;
  private final long maxBytes;
  private final Parser parser;
  private final byte[] buffer = new byte[1 << 16];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int position;
  private int limit;
  private long number;
  private long length;
  private boolean blank;

  LineRecords(InputStream in, String source, long maxBytes, Parser parser) {
    this.in = in;
    this.source = source;
    this.maxBytes = maxBytes;
    this.parser = parser;
  }

  @Override
  public boolean next() throws IOException {
    do {
      number++;
      if (!readLine()) {
        return false;
      }
    } while (blank);
    return true;
  }

  /** Fills {@link #line}; of a longer line than allowed only the length is kept. */
  private boolean readLine() throws IOException {
    line.reset();
    length = 0;
    blank = true;
    boolean any = false;
    while (position < limit || fill()) {
      any = true;
      int start = position;
      while (position < limit && buffer[position] != '\n') {
        blank &= isWhiteSpace(buffer[position]);
        position++;
      }
      length += position - start;
      if (length <= maxBytes) {
        line.write(buffer, start, position - start);
      }
      if (position < limit) {
        position++; // the line's end
        return true;
      }
    }
    return any;
  }

  private static boolean isWhiteSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer, 0, buffer.length));
    return limit > 0;
  }

  @Override
  public Document read() throws IOException {
    if (length > maxBytes) {
      throw RejectedException.tooLarge(length, maxBytes);
    }
    return parser.parse(StrictText.decode(line.toByteArray()), source());
  }

  @Override
  public String source() {
    return source + "#" + number;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /**
   * The last of a line's tab-separated columns; a carriage return at its end belongs to the line
   * end.
   */
  static Document lastColumn(String line, String source) {
    String text = line.substring(line.lastIndexOf('\t') + 1);
    return Document.of(
        text.endsWith("\r") ? text.substring(0, text.length() - 1) : text, source, null);
  }
}
