package org.sparkgpt.extract;

import java.nio.charset.Charset;
import org.sparkgpt.corpus.Metadata;

/** Reads web pages. One for each thread. */
public final class PageReader {
  private final ExtractConfig config;

  public PageReader(ExtractConfig config) {
    this.config = config;
  }

  /**
   * @param declared the charset that the page was sent with; null if none
   * @param url where it was found, against which its links are resolved; null if not known
   */
  public Page read(byte[] page, Charset declared, String url) throws UnreadablePageException {
    HtmlText extracted;
    try {
      extracted = HtmlText.of(HtmlCharset.decode(page, declared));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | IllegalStateException e) {
      throw UnreadablePageException.damaged(); // on pages nobody has seen yet
    }
    if (extracted.depth() > config.maxDepth()) {
      throw UnreadablePageException.tooDeep(extracted.depth(), config.maxDepth());
    }
    return new Page(extracted.text(), Metadata.NONE);
  }
}
