package org.sparkgpt.extract;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Node;
import org.jsoup.parser.Parser;
import org.jsoup.parser.StreamParser;

/**
 * Gives a page to the parser piece by piece and looks, before each, at the clock and at how deep
 * the tree has become: a page beyond its limits is given up while it is parsed, not after.
 */
final class WatchedPage extends Reader {
  private final String html;
  private final StreamParser parser;
  private final Limits limits;
  private int position;

  private WatchedPage(String html, StreamParser parser, Limits limits) {
    this.html = html;
    this.parser = parser;
    this.limits = limits;
  }

  /**
   * @param url against which the links are resolved; empty if not known
   */
  static Document parse(String html, String url, Limits limits) throws UnreadablePageException {
    try (StreamParser parser = new StreamParser(Parser.htmlParser())) {
      parser.parse(new WatchedPage(html, parser, limits), url);
      return parser.complete();
    } catch (UncheckedIOException e) {
      throw (UnreadablePageException) e.getCause(); // thrown by read, passed on by the parser
    } catch (IOException e) {
      throw UnreadablePageException.damaged();
    }
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws UnreadablePageException {
    limits.checkTime();
    limits.checkDepth(openElements());
    int count = Math.min(length, html.length() - position);
    if (count == 0) {
      return -1;
    }
    html.getChars(position, position + count, buffer, offset);
    position += count;
    return count;
  }

  /** The parser appends to the last child of the last child and so on. */
  private int openElements() {
    int depth = 0;
    Node node = parser.document();
    while (node.childNodeSize() > 0 && depth <= limits.maxDepth()) {
      node = node.childNode(node.childNodeSize() - 1);
      depth++;
    }
    return depth;
  }

  @Override
  public void close() {}
}
