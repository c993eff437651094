package org.sparkgpt.extract;

import java.nio.charset.Charset;
import org.jsoup.nodes.Document;
import org.sparkgpt.corpus.Metadata;

/**
 * Reads web pages: bytes to characters ({@link HtmlCharset}), these to a tree, and off the tree
 * what the page says of itself and its main text. One for each thread.
 */
public final class PageReader {
  /** Is shown each page before it is read. */
  @FunctionalInterface
  public interface Witness {
    /**
     * @param declared the charset that the page was sent with; null if none
     */
    void page(byte[] page, Charset declared);
  }

  private final ExtractConfig config;
  private final Witness witness;
  private final Hints hints = new Hints();

  public PageReader(ExtractConfig config) {
    this(config, (page, declared) -> {});
  }

  public PageReader(ExtractConfig config, Witness witness) {
    this.config = config;
    this.witness = witness;
  }

  /**
   * @param declared the charset that the page was sent with; null if none
   * @param url where it was found, against which its links are resolved; null if not known
   */
  public Page read(byte[] page, Charset declared, String url) throws UnreadablePageException {
    witness.page(page, declared);
    return read(
        page,
        declared,
        url,
        (tree, text) -> new Page(text.main(config.mode()), PageMetadata.of(tree, url)));
  }

  /**
   * All text that a reader of the page sees but navigation, headers and footers: what the main text
   * is chosen from.
   *
   * @param declared the charset that the page was sent with; null if none
   */
  public String visibleText(byte[] page, Charset declared) throws UnreadablePageException {
    return read(page, declared, null, (tree, text) -> new Page(text.visible(), Metadata.NONE))
        .text();
  }

  private interface Extraction {
    Page of(Document tree, MainText text) throws UnreadablePageException;
  }

  private Page read(byte[] page, Charset declared, String url, Extraction extraction)
      throws UnreadablePageException {
    if (page.length > config.maxBytes()) {
      throw UnreadablePageException.tooLarge(page.length, config.maxBytes());
    }
    Limits limits = new Limits(config);
    try {
      String html = HtmlCharset.decode(page, declared);
      Document tree = WatchedPage.parse(html, url == null ? "" : url, limits);
      return extraction.of(tree, new MainText(tree, hints, limits));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | IllegalStateException e) {
      throw UnreadablePageException.damaged(); // on pages nobody has seen yet
    }
  }
}
