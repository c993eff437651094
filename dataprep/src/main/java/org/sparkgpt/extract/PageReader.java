package org.sparkgpt.extract;

import java.nio.charset.Charset;
import org.jsoup.nodes.Document;

/**
 * Reads web pages: bytes to characters ({@link HtmlCharset}), these to a tree, and off the tree what
 * the page says of itself and its main text. One for each thread.
 */
public final class PageReader {
  private final ExtractConfig config;
  private final Hints hints = new Hints();

  public PageReader(ExtractConfig config) {
    this.config = config;
  }

  /**
   * @param declared the charset that the page was sent with; null if none
   * @param url where it was found, against which its links are resolved; null if not known
   */
  public Page read(byte[] page, Charset declared, String url) throws UnreadablePageException {
    return read(page, declared, url, config.mode());
  }

  /** All text that a reader of the page sees, of which the main text is a part. */
  public String visibleText(byte[] page, Charset declared) throws UnreadablePageException {
  }
}
