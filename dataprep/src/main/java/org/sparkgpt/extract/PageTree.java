package org.sparkgpt.extract;

import java.util.ArrayList;
import java.util.List;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;
import org.jsoup.select.NodeTraversor;

/**
 * The elements of a page's body in document order. What holds no text is dropped, and what is in it
 * left out.
 */
final class PageTree {
  private final List<Part> parts;
  private final int depth;

  private PageTree(List<Part> parts, int depth) {
    this.parts = parts;
    this.depth = depth;
  }

  static PageTree of(Document page, Hints hints) {
    Builder builder = new Builder(hints);
    Element body = page.body();
    NodeTraversor.filter(builder, body);
    return new PageTree(builder.parts, builder.depth + body.parents().size());
  }

  /** By position in document order; 0 is the body. */
  Part get(int index) {
    return parts.get(index);
  }

  int size() {
    return parts.size();
  }

  /** How many elements the innermost node is in. */
  int depth() {
    return depth;
  }

  /** Takes back what was dropped, but for the template. */
  void restore() {
    for (Part part : parts) {
      part.dropped = part.template;
    }
  }

  /** Sums up what is not dropped, from the leaves to the body. */
  void measure() {
    for (Part part : parts) {
      part.whole.set(part.direct);
      part.own.set(part.direct);
    }
    for (int i = parts.size() - 1; i >= 0; i--) {
      Part part = parts.get(i);
      if (part.dropped) {
        part.whole.clear();
        part.own.clear();
      } else if (part.parent != null) {
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
    private int depth;

    Builder(Hints hints) {
      this.hints = hints;
    }

    @Override
    public FilterResult head(Node node, int nodeDepth) {
      depth = Math.max(depth, nodeDepth);
      if (node instanceof TextNode text) {
        current.direct.addText(text.getWholeText(), links > 0);
      } else if (node instanceof Element element) {
        Part part = add(element);
        if (part.is(Tags.UNREAD)) {
          part.dropped = true;
          part.template = true;
          return FilterResult.SKIP_ENTIRELY;
        }
        current = part;
        links += part.is(Tags.LINK) ? 1 : 0;
      }
      return FilterResult.CONTINUE;
    }

    private Part add(Element element) {
      int tags = Tags.of(element.normalName());
      Hints.Hint hint = hints.of(element.className(), element.id());
      Part part = new Part(element, current, parts.size(), tags, hint);
      parts.add(part);
      return part;
    }

    @Override
    public FilterResult tail(Node node, int nodeDepth) {
      if (node instanceof Element) {
        current.end = parts.size();
        links -= current.is(Tags.LINK) ? 1 : 0;
        current = current.parent;
      }
      return FilterResult.CONTINUE;
    }
  }
}
