package org.sparkgpt.extract;

import java.util.Locale;
import java.util.Set;
import org.jsoup.nodes.Element;

/** Drops what is hidden, and what is on every page of a site. */
final class Clutter {
  private static final Set<String> ROLES =
      Set.of(
          "alert",
          "alertdialog",
          "banner",
          "complementary",
          "contentinfo",
          "dialog",
          "menu",
          "menubar",
          "navigation",
          "search");

  /** What has more of the page's text is not clutter, whatever it is called. */
  private static final double MAX_SHARE = 0.75;

  /** A longer style is not one to hide something. */
  private static final int MAX_STYLE = 1000;

  private Clutter() {}

  /** What tags, roles and styles say is no text of the page. */
  static void dropTemplate(PageTree tree) {
    int articleEnd = 0;
    for (int i = 0; i < tree.size(); i++) {
      Part part = tree.get(i);
      // An article's own header holds its heading.
      boolean siteHeader = part.is(Tags.HEADER) && i >= articleEnd;
      if (siteHeader || part.is(Tags.FURNITURE | Tags.UNREAD) || isHidden(part.element)) {
        part.dropped = true;
        part.template = true;
        i = part.end - 1;
      } else if (part.is(Tags.ARTICLE)) {
        articleEnd = Math.max(articleEnd, part.end);
      }
    }
  }

  /** What classes and ids call clutter. The tree must have been measured. */
  static void dropNamed(PageTree tree) {
    double most = MAX_SHARE * tree.get(0).whole.characters;
    for (int i = 1; i < tree.size(); i++) {
      Part part = tree.get(i);
      boolean clutter =
          part.hint == Hints.Hint.CLUTTER && !part.is(Tags.ARTICLE) && part.whole.characters < most;
      if (part.dropped || clutter) {
        part.dropped = true;
        i = part.end - 1;
      }
    }
  }

  private static boolean isHidden(Element element) {
    return element.attributesSize() > 0
        && (element.hasAttr("hidden")
            || element.attr("aria-hidden").equals("true")
            || ROLES.contains(element.attr("role"))
            || hides(element.attr("style"))
            || isUnfoldedBeside(element));
  }

  /** Scaladoc has the first sentence of a comment twice, for readers who do not unfold it. */
  private static boolean isUnfoldedBeside(Element element) {
    if (!element.hasClass("shortcomment")) {
      return false;
    }
    Element next = element.nextElementSibling();
    return next != null && next.hasClass("fullcomment");
  }

  private static boolean hides(String style) {
    if (style.isEmpty() || style.length() > MAX_STYLE) {
      return false;
    }
    String packed = style.toLowerCase(Locale.ROOT).replace(" ", "");
    return packed.contains("display:none") || packed.contains("visibility:hidden");
  }
}
