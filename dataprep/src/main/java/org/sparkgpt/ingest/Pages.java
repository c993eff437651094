package org.sparkgpt.ingest;

import java.nio.charset.Charset;
import org.sparkgpt.extract.HtmlCharset;
import org.sparkgpt.extract.HtmlText;

/** A web page's bytes to its text. */
final class Pages {
  private Pages() {}

  /**
   * @param declared the charset that the page was sent with; null if none
   */
  static String text(byte[] page, Charset declared, IngestConfig config) throws RejectedException {
    HtmlText extracted;
    try {
      extracted = HtmlText.of(HtmlCharset.decode(page, declared));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | IllegalStateException e) {
      throw RejectedException.damaged(); // the parser's own faults, on pages nobody has seen yet
    }
    if (extracted.depth() > config.maxHtmlDepth()) {
      throw RejectedException.tooDeep(extracted.depth(), config.maxHtmlDepth());
    }
    return extracted.text();
  }
}
