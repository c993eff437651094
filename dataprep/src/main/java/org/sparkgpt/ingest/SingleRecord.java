package org.sparkgpt.ingest;

import java.io.IOException;
import java.io.InputStream;
import org.sparkgpt.corpus.Document;

/** A file that is one document: plain text or a page. */
final class SingleRecord implements Records {
  private final FileType.Format format;
  private final Content content;
  private final boolean inSequence;
  private final String source;
  private final IngestConfig config;
  private byte[] bytes;
  private boolean done;

  /**
   * @param inSequence whether the content can only be read at its turn, so that every task must
   */
  SingleRecord(
      FileType.Format format,
      Content content,
      boolean inSequence,
      String source,
      IngestConfig config) {
    this.format = format;
    this.content = content;
    this.inSequence = inSequence;
    this.source = source;
    this.config = config;
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
      return StrictText.readAll(in, config.maxDocumentBytes());
    }
  }

  @Override
  public Document read() throws IOException {
    byte[] page = inSequence ? bytes : load();
    bytes = null;
    String text =
        format == FileType.Format.HTML ? Pages.text(page, null, config) : StrictText.decode(page);
    return Document.of(text, source, null);
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public void close() {}
}
