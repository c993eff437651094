package org.sparkgpt.extract;

import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.DataNode;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;
import org.jsoup.select.NodeTraversor;

/**
 * The visible text of a page, without what is on every page of a site: scripts, navigation, headers
 * and footers, controls. Blocks end lines, paragraphs are set apart by a blank line, white space is
 * collapsed except in {@code pre}. The page's title is not part of it. The walk is iterative: no
 * page is too deep for the stack.
 *
 * @param text lines separated by {@code \n}, none at the ends; empty if there is no text
 * @param depth of the most deeply nested node
 */
public record HtmlText(String text, int depth) {

  public static HtmlText of(String html) {
    Walk walk = new Walk();
    NodeTraversor.filter(walk, Jsoup.parse(html));
    return new HtmlText(walk.text.toString(), walk.depth);
  }

  private static final class Walk implements NodeFilter {
    /** A form stays, as some sites wrap a whole page in one; its controls go. */
    private static final Set<String> DROPPED =
        Set.of(
            "head",
            "script",
            "style",
            "noscript",
            "template",
            "svg",
            "math",
            "nav",
            "footer",
            "aside",
            "iframe",
            "object",
            "embed",
            "canvas",
            "audio",
            "video",
            "map",
            "button",
            "select",
            "textarea",
            "input",
            "label",
            "datalist",
            "dialog",
            "menu");

    private static final Set<String> DROPPED_ROLES =
        Set.of("navigation", "banner", "contentinfo", "search", "complementary", "menu");

    private static final Set<String> PARAGRAPHS =
        Set.of(
            "p",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "pre",
            "blockquote",
            "table",
            "ul",
            "ol",
            "dl",
            "hr",
            "figure",
            "article",
            "section");

    private final FlowingText text = new FlowingText();
    private int depth;
    private int articles;
    private int preformatted;

    @Override
    public FilterResult head(Node node, int nodeDepth) {
      depth = Math.max(depth, nodeDepth);
      if (node instanceof TextNode words) {
        text.append(words.getWholeText(), preformatted > 0);
      } else if (node instanceof Element element) {
        if (isDropped(element)) {
          return FilterResult.SKIP_ENTIRELY;
        }
        separate(element);
        count(element, 1);
        if (element.nameIs("br")) {
          text.endLine();
        }
      } else if (node instanceof DataNode) {
        return FilterResult.SKIP_ENTIRELY;
      }
      return FilterResult.CONTINUE;
    }

    @Override
    public FilterResult tail(Node node, int nodeDepth) {
      if (node instanceof Element element) {
        count(element, -1);
        separate(element);
      }
      return FilterResult.CONTINUE;
    }

    private boolean isDropped(Element element) {
      String name = element.normalName();
      // An article's own header holds its heading.
      return DROPPED.contains(name)
          || name.equals("header") && articles == 0
          || element.hasAttr("hidden")
          || DROPPED_ROLES.contains(element.attr("role"));
    }

    private void count(Element element, int step) {
      switch (element.normalName()) {
        case "pre" -> preformatted += step;
        case "article", "main" -> articles += step;
        default -> {}
      }
    }

    private void separate(Element element) {
      String name = element.normalName();
      if (name.equals("td") || name.equals("th")) {
        text.space();
      } else if (PARAGRAPHS.contains(name)) {
        text.breakLines(2);
      } else if (element.isBlock() && !name.equals("br")) {
        text.breakLines(1);
      }
    }
  }
}
