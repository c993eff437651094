package org.sparkgpt.scrape;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.select.NodeTraversor;
import org.jsoup.select.NodeVisitor;

/** Reads where a page leads, and what it asks of crawlers. The walk is iterative. */
final class PageLinks implements NodeVisitor {
  /** In characters; what comes later in a page is not looked at. */
  private static final int MAX_HTML = 2 << 20;

  /** Of one page, distinct. */
  private static final int MAX_LINKS = 5000;

  /** Looked at in one page. */
  private static final int MAX_REFERENCES = 50_000;

  private static final Set<String> LINK_TYPES = Set.of("canonical", "next", "prev");

  /** {@code 5; url=target}, in quotes or not. */
  private static final Pattern REFRESH =
      Pattern.compile("url *= *[\"']?([^\"']+)", Pattern.CASE_INSENSITIVE);

  private final PageDirectives directives;
  private final List<String> references = new ArrayList<>();
  private String base;

  private PageLinks(PageDirectives directives) {
    this.directives = directives;
  }

  /**
   * The links of a page, normalised, distinct, in document order; empty if it says nofollow.
   *
   * @param directives those of the HTTP header; the page's are added
   */
  static List<String> read(String html, String url, PageDirectives directives) {
    PageLinks page = new PageLinks(directives);
    String start = html.length() > MAX_HTML ? html.substring(0, MAX_HTML) : html;
    NodeTraversor.traverse(page, Jsoup.parse(start));
    if (directives.noFollow()) {
      return List.of();
    }
    String base = page.base == null ? url : CrawlUrl.resolve(url, page.base).orElse(url);
    Set<String> links = new LinkedHashSet<>();
    for (String reference : page.references) {
      if (links.size() == MAX_LINKS) {
        break;
      }
      CrawlUrl.resolve(base, reference).ifPresent(links::add);
    }
    links.remove(url);
    return List.copyOf(links);
  }

  @Override
  public void head(Node node, int depth) {
    if (node instanceof Element element) {
      switch (element.normalName()) {
        case "a", "area" -> addUnlessNoFollow(element);
        case "frame", "iframe" -> add(element.attr("src"));
        case "link" -> addLink(element);
        case "meta" -> addMeta(element);
        case "base" -> {
          if (base == null && element.hasAttr("href")) {
            base = element.attr("href");
          }
        }
        default -> {}
      }
    }
  }

  private void addUnlessNoFollow(Element anchor) {
    if (!hasToken(anchor.attr("rel"), Set.of("nofollow"))) {
      add(anchor.attr("href"));
    }
  }

  private void addLink(Element link) {
    if (hasToken(link.attr("rel"), LINK_TYPES)) {
      add(link.attr("href"));
    }
  }

  private void addMeta(Element meta) {
    directives.addMeta(meta.attr("name"), meta.attr("content"));
    if (meta.attr("http-equiv").equalsIgnoreCase("refresh")) {
      Matcher refresh = REFRESH.matcher(meta.attr("content"));
      if (refresh.find()) {
        add(refresh.group(1));
      }
    }
  }

  private void add(String reference) {
    boolean withinPage = reference.isBlank() || reference.startsWith("#");
    if (!withinPage && references.size() < MAX_REFERENCES) {
      references.add(reference);
    }
  }

  private static boolean hasToken(String list, Set<String> tokens) {
    for (String token : list.toLowerCase(Locale.ROOT).split("\\s+")) {
      if (tokens.contains(token)) {
        return true;
      }
    }
    return false;
  }
}
