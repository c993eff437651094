package org.sparkgpt.ingest;

import java.io.IOException;
import java.io.InputStream;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.extract.Page;

/** A file that is one document: a plain text, a page, a mail, a book. */
final class SingleRecord implements Records {
  /** What the file's bytes say. */
  @FunctionalInterface
  interface Parser {
    Document parse(byte[] bytes, String source) throws IOException;
  }

  private final Content content;
  private final boolean inSequence;
  private final String source;
  private final long maxBytes;
  private final Parser parser;
  private byte[] bytes;
  private boolean done;

  /**
   * @param inSequence whether the content can only be read at its turn, so that every task must
   */
  SingleRecord(Content content, boolean inSequence, String source, long maxBytes, Parser parser) {
    this.content = content;
    this.inSequence = inSequence;
    this.source = source;
    this.maxBytes = maxBytes;
    this.parser = parser;
  }

  static Document plainText(byte[] bytes, String source) throws RejectedException {
    Page page = GutenbergText.read(StrictText.decodeUnknown(bytes));
    return Document.of(page.text(), source, null, page.metadata());
  }

  @Override
  public boolean next() throws IOException {
    if (done) {
      return false;
    }
    done = true;
    if (inSequence) {
      bytes = load();
    }
    return true;
  }

  private byte[] load() throws IOException {
    try (InputStream in = content.open()) {
      return StrictText.readAll(in, maxBytes);
    }
  }

  @Override
  public Document read() throws IOException {
    byte[] loaded = inSequence ? bytes : load();
    bytes = null;
    return parser.parse(loaded, source);
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public void close() {}
}
