package org.sparkgpt.extract;

import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.select.NodeVisitor;
import org.sparkgpt.corpus.Metadata;

/**
 * What a page says of itself. For each property the first source in this order that says anything:
 *
 * <ul>
 *   <li>title: og:title, JSON-LD headline, citation_title, {@code <title>} without the name of the
 *       site, the first h1
 *   <li>author: JSON-LD, meta author, citation_author, rel=author, a byline
 *   <li>published: JSON-LD datePublished, article:published_time and its relatives, {@code <time>}
 *   <li>language: {@code <html lang>}, content-language, JSON-LD inLanguage, og:locale
 *   <li>canonical URL: rel=canonical
 *   <li>licence: rel=license, JSON-LD license, the one Creative Commons licence that is linked
 * </ul>
 */
final class PageMetadata implements NodeVisitor {
  private static final Pattern CREATIVE_COMMONS =
      Pattern.compile("https?://(?:www\\.)?creativecommons\\.org/(?:licenses|publicdomain)/.*");

  private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*");
  private static final Pattern SPACES = Pattern.compile("\\s+");
  private static final Pattern BY = Pattern.compile("^by:?\\s+", Pattern.CASE_INSENSITIVE);

  private static final int MAX_TITLE = 500;
  private static final int MAX_AUTHOR = 200;

  /** Of headings and bylines that are looked into, as they may be nested, large and empty. */
  private static final int MAX_TEXTS = 50;

  private final Map<String, String> meta = new HashMap<>();
  private final Map<String, String> found = new HashMap<>();
  private final Set<String> creativeCommons = new LinkedHashSet<>();
  private final JsonLd article = new JsonLd();

  private int texts;

  private PageMetadata() {}

  static Metadata of(Document page, String url) {
    PageMetadata metadata = new PageMetadata();
    page.traverse(metadata);
    return new Metadata(
        metadata.title(page, url),
        metadata.author(),
        metadata.published(),
        metadata.language(),
        metadata.found.get("canonical"),
        metadata.licence());
  }

  @Override
  public void head(Node node, int depth) {
    if (!(node instanceof Element element)) {
      return;
    }
    switch (element.normalName()) {
      case "html" ->
          note("lang", element.hasAttr("lang") ? element.attr("lang") : element.attr("xml:lang"));
      case "meta" -> readMeta(element);
      case "link", "a" -> readLink(element);
      case "script" -> {
        if (element.attr("type").equalsIgnoreCase("application/ld+json")) {
          article.read(element.data());
        }
      }
      case "h1" -> noteText("h1", element);
      case "time" -> note("time", element.attr("datetime"));
      default -> readByline(element);
    }
  }

  private void readMeta(Element element) {
    String content = element.attr("content");
    for (String attribute : new String[] {"property", "name", "http-equiv", "itemprop"}) {
      String names = element.attr(attribute);
      if (!names.isEmpty() && !content.isBlank()) {
        for (String name : SPACES.split(names.toLowerCase(Locale.ROOT))) {
          meta.putIfAbsent(name, content.strip());
        }
      }
    }
  }

  private void readLink(Element element) {
    String rel = element.attr("rel");
    String href = element.attr("href");
    if (!rel.isEmpty()) {
      for (String name : SPACES.split(rel.toLowerCase(Locale.ROOT))) {
        switch (name) {
          case "canonical", "license" -> note(name, webAddress(element.absUrl("href")));
          case "author" -> noteText("rel-author", element);
          default -> {}
        }
      }
    }
    if (href.contains("creativecommons.org/")
        && CREATIVE_COMMONS.matcher(element.absUrl("href")).matches()) {
      creativeCommons.add(element.absUrl("href"));
    }
  }

  private void readByline(Element element) {
    if (element.attributesSize() > 0
        && !found.containsKey("byline")
        && (element.attr("itemprop").equals("author")
            || element.className().toLowerCase(Locale.ROOT).contains("byline"))) {
      noteText("byline", element);
    }
  }

  private String title(Document page, String url) {
    String heading = found.get("h1");
    String title = page.title();
    boolean isTitle = title.length() <= MAX_TITLE; // one left open swallows the page
    return firstOf(
        text -> text.length() <= MAX_TITLE,
        meta.get("og:title"),
        article.headline(),
        meta.get("citation_title"),
        isTitle ? PageTitle.withoutSite(title, meta.get("og:site_name"), heading, url) : null,
        heading);
  }

  private String author() {
    String author =
        firstOf(
            name -> name.length() <= MAX_AUTHOR && webAddress(name) == null,
            article.author(),
            meta.get("author"),
            meta.get("citation_author"),
            meta.get("dc.creator"),
            meta.get("article:author"),
            found.get("rel-author"),
            found.get("byline"));
    return author == null ? null : BY.matcher(author).replaceFirst("");
  }

  private String published() {
    String[] sources = {
      article.published(),
      meta.get("article:published_time"),
      meta.get("datepublished"),
      meta.get("citation_publication_date"),
      meta.get("dc.date"),
      meta.get("date"),
      found.get("time")
    };
    for (String source : sources) {
      String date = source == null ? null : PageDate.iso(source).orElse(null);
      if (date != null) {
        return date;
      }
    }
    return null;
  }

  private String language() {
    String[] sources = {
      found.get("lang"), meta.get("content-language"), article.language(), meta.get("og:locale")
    };
    for (String source : sources) {
      String tag = source == null ? "" : source.strip().replace('_', '-');
      if (LANGUAGE.matcher(tag).matches()) {
        return Locale.forLanguageTag(tag).toLanguageTag();
      }
    }
    return null;
  }

  private String licence() {
    String only = creativeCommons.size() == 1 ? creativeCommons.iterator().next() : null;
    String said = article.licence();
    return firstOf(
        address -> true, found.get("license"), said == null ? null : webAddress(said), only);
  }

  private static String firstOf(Predicate<String> usable, String... sources) {
    for (String source : sources) {
      if (source != null) {
        String text = SPACES.matcher(source).replaceAll(" ").strip();
        if (!text.isEmpty() && usable.test(text)) {
          return text;
        }
      }
    }
    return null;
  }

  private void note(String name, String value) {
    if (value != null && !value.isBlank()) {
      found.putIfAbsent(name, value);
    }
  }

  private void noteText(String name, Element element) {
    if (!found.containsKey(name) && texts < MAX_TEXTS) {
      texts++;
      String text = element.text();
      note(name, text.length() <= MAX_TITLE ? text : null);
    }
  }

  /** Null if it is not an absolute address of the web. */
  private static String webAddress(String address) {
    try {
      URI uri = URI.create(address.strip());
      boolean web =
          "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
      return web && uri.getHost() != null ? uri.toString() : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
