package org.sparkgpt.ingest;

import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.parser.Parser;
import org.jsoup.select.NodeFilter;
import org.jsoup.select.NodeTraversor;

/** All visible text of a book's chapter: nothing in a book is navigation but its contents. */
final class BookText {
  private static final Set<String> DROPPED =
      Set.of("head", "script", "style", "svg", "math", "nav", "audio", "video", "object", "iframe");

  private static final Set<String> LINES = Set.of("li", "tr", "dt", "dd", "br");

  private static final Set<String> PARAGRAPHS =
      Set.of(
          "p",
          "div",
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
          "figcaption",
          "section",
          "article",
          "aside",
          "header",
          "footer",
          "body");

  private BookText() {}

  /** Paragraphs set apart by blank lines; the walk and the parser are iterative, however deep. */
  static String of(String xhtml) {
    Walk walk = new Walk();
    NodeTraversor.filter(walk, Jsoup.parse(xhtml, "", Parser.xmlParser()));
    return walk.text.toString();
  }

  private static final class Walk implements NodeFilter {
    private final StringBuilder text = new StringBuilder();
    private int preformatted;
    private int breaks;
    private boolean space;

    @Override
    public FilterResult head(Node node, int depth) {
      if (node instanceof TextNode words) {
        append(words.getWholeText());
        return FilterResult.CONTINUE;
      }
      if (node instanceof Element element) {
        String name = element.normalName();
        if (DROPPED.contains(name) || element.hasAttr("hidden")) {
          return FilterResult.SKIP_ENTIRELY;
        }
        preformatted += name.equals("pre") ? 1 : 0;
        separate(name);
      }
      return FilterResult.CONTINUE;
    }

    @Override
    public FilterResult tail(Node node, int depth) {
      if (node instanceof Element element) {
        String name = element.normalName();
        preformatted -= name.equals("pre") ? 1 : 0;
        separate(name.equals("br") ? "" : name);
      }
      return FilterResult.CONTINUE;
    }

    private void separate(String name) {
      if (PARAGRAPHS.contains(name)) {
        breaks = 2;
      } else if (LINES.contains(name)) {
        breaks = Math.max(breaks, 1);
      } else if (name.equals("td") || name.equals("th")) {
        space = true;
      }
    }

    private void append(String words) {
      for (int i = 0; i < words.length(); i++) {
        char c = words.charAt(i);
        boolean blank = Character.isWhitespace(c);
        if (blank && preformatted == 0) {
          space = true;
        } else if (!blank || !text.isEmpty()) {
          begin();
          text.append(c);
        }
      }
    }

    private void begin() {
      if (!text.isEmpty() && breaks > 0) {
        text.append("\n".repeat(breaks));
      } else if (!text.isEmpty() && space) {
        text.append(' ');
      }
      breaks = 0;
      space = false;
    }
  }
}
