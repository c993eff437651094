package org.sparkgpt.extract;

import java.util.ArrayList;
import java.util.List;
import org.jsoup.nodes.DataNode;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;
import org.jsoup.select.NodeTraversor;

/** The elements of a page in document order. Iterative: no page is too deep for the stack. */
final class PageTree {
  final List<Part> parts;

  private PageTree(List<Part> parts) {
    this.parts = parts;
  }

  static PageTree of(Document page, Hints hints) {
    Builder builder = new Builder(hints);
    NodeTraversor.filter(builder, page.body());
    return new PageTree(builder.parts);
  }

  Part get(int index) {
    return parts.get(index);
  }

  int size() {
    return parts.size();
  }

  /** Sums up what is not dropped. */
  void measure() {
    for (Part part : parts) {
      part.whole.clear();
      part.own.clear();
    }
    for (int i = parts.size() - 1; i >= 0; i--) {
      Part part = parts.get(i);
      if (part.dropped) {
        part.whole.clear();
        part.own.clear();
        continue;
      }
      part.whole.add(part.direct);
      part.own.add(part.direct);
      if (part.parent != null) {
        part.parent.whole.add(part.whole);
        if (!part.is(Tags.BLOCK)) {
          part.parent.own.add(part.own);
        }
      }
    }
  }

  private static final class Builder implements NodeFilter {
    private final List<Part> parts = new ArrayList<>();
    private final Hints hints;
    private Part current;
    private int links;

    Builder(Hints hints) {
      this.hints = hints;
    }

    @Override
    public FilterResult head(Node node, int depth) {
      if (node instanceof TextNode text) {
        current.direct.addText(text.getWholeText(), links > 0);
      } else if (node instanceof Element element) {
        int tags = Tags.of(element.normalName());
        Part part =
            new Part(
                element,
                current,
                parts.size(),
                tags,
                hints.of(element.className(), element.id()));
        parts.add(part);
        if (part.is(Tags.UNREAD)) {
          part.dropped = true;
          part.end = parts.size();
          return FilterResult.SKIP_ENTIRELY;
        }
        current = part;
        links += part.is(Tags.LINK) ? 1 : 0;
      } else if (node instanceof DataNode) {
        return FilterResult.SKIP_ENTIRELY;
      }
      return FilterResult.CONTINUE;
    }

    @Override
    public FilterResult tail(Node node, int depth) {
      if (node instanceof Element) {
        current.end = parts.size();
        links -= current.is(Tags.LINK) ? 1 : 0;
        current = current.parent;
      }
      return FilterResult.CONTINUE;
    }
  }
}
