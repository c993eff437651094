package org.sparkgpt.extract;

import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;
import org.jsoup.select.NodeTraversor;

/**
 * Writes parts of a page as text, without what is dropped. Blocks end lines, paragraphs are set
 * apart by a blank line, white space is collapsed except in {@code pre}.
 */
final class TextWalk implements NodeFilter {
  private final PageTree tree;
  private final FlowingText text = new FlowingText();
  private int next;
  private int preformatted;

  TextWalk(PageTree tree) {
    this.tree = tree;
  }

  void write(Part part) {
    next = part.index;
    text.breakLines(2);
    NodeTraversor.filter(this, part.element);
  }

  @Override
  public FilterResult head(Node node, int depth) {
    if (node instanceof TextNode words) {
      text.append(words.getWholeText(), preformatted > 0);
    } else if (node instanceof Element) {
      Part part = tree.get(next);
      if (part.dropped) {
        next = part.end;
        separate(part.tags);
        return FilterResult.SKIP_ENTIRELY;
      }
      next++;
      separate(part.tags);
      preformatted += part.is(Tags.PREFORMATTED) ? 1 : 0;
      if (part.is(Tags.LINE_BREAK)) {
        text.endLine();
      }
    } else {
      return FilterResult.SKIP_ENTIRELY;
    }
    return FilterResult.CONTINUE;
  }

  @Override
  public FilterResult tail(Node node, int depth) {
    if (node instanceof Element element) {
      int tags = Tags.of(element.normalName());
      preformatted -= (tags & Tags.PREFORMATTED) != 0 ? 1 : 0;
      separate(tags);
    }
    return FilterResult.CONTINUE;
  }

  private void separate(int tags) {
    if ((tags & Tags.CELL) != 0) {
      text.space();
    } else if ((tags & Tags.PARAGRAPH) != 0) {
      text.breakLines(2);
    } else if ((tags & Tags.BLOCK) != 0) {
      text.breakLines(1);
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
