package org.sparkgpt.ingest;

import java.io.IOException;
import org.sparkgpt.corpus.Document;

/**
 * A file with a document on every line that is not blank; a line's source is {@code file#@offset}.
 */
final class LineRecords implements Records {
  /** What one line says. */
  @FunctionalInterface
  interface Parser {
    Document parse(String line, String source) throws RejectedException;
  }

  private final LineInput lines;
  private final String source;
  private final long maxBytes;
  private final Parser parser;

  LineRecords(LineInput lines, String source, long maxBytes, Parser parser) {
    this.lines = lines;
    this.source = source;
    this.maxBytes = maxBytes;
    this.parser = parser;
  }

  @Override
  public boolean next() throws IOException {
    boolean found = lines.next();
    while (found && lines.isBlank()) {
      found = lines.next();
    }
    return found;
  }

  @Override
  public Document read() throws IOException {
    if (lines.length() > maxBytes) {
      throw RejectedException.tooLarge(lines.length(), maxBytes);
    }
    return parser.parse(StrictText.decode(lines.bytes()), source());
  }

  @Override
  public String source() {
    return source + "#@" + lines.start();
  }

  @Override
  public void close() throws IOException {
    lines.close();
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
