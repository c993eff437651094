package org.sparkgpt.extract;

import java.util.Locale;
import java.util.Set;
import org.jsoup.nodes.Element;

/** Finds what is hidden, and what is on every page of a site. */
final class Clutter {
  private static final Set<String> ROLES =
      Set.of("navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar", "dialog", "alertdialog", "alert");

  private Clutter() {}

  /** Drops what is not part of the page's own text, by tags and roles only. */
  static void dropTemplate(PageTree tree) {
    int insideUntil = 0; // end of the article that the parts are in
    for (int i = 0; i < tree.size(); i++) {
      Part part = tree.get(i);
      if (part.dropped) {
        i = part.end - 1;
        continue;
      }
      if (part.is(Tags.ARTICLE)) {
        insideUntil = Math.max(insideUntil, part.end);
      }
      boolean furniture = part.is(Tags.FURNITURE) || part.is(Tags.HEADER) && i >= insideUntil;
      if (furniture || isHidden(part.element) || hasRole(part.element)) {
        part.dropped = true;
        i = part.end - 1;
      }
    }
  }

  /** Drops also what its names call clutter, unless most of the page is in it. */
  static void dropNamed(PageTree tree) {
    int all = tree.get(0).whole.characters;
    for (int i = 1; i < tree.size(); i++) {
      Part part = tree.get(i);
      if (part.dropped) {
        i = part.end - 1;
      } else if (part.hint == Hints.Hint.CLUTTER && !part.is(Tags.ARTICLE | Tags.LINK)
          && part.whole.characters * 2 < all) {
        part.dropped = true;
        i = part.end - 1;
      }
    }
  }

  private static boolean isHidden(Element element) {
    if (element.attributesSize() == 0) {
      return false;
    }
    if (element.hasAttr("hidden") || element.attr("aria-hidden").equals("true")) {
      return true;
    }
    String style = element.attr("style");
    if (style.isEmpty()) {
      return false;
    }
    String packed = style.toLowerCase(Locale.ROOT).replace(" ", "");
    return packed.contains("display:none") || packed.contains("visibility:hidden");
  }

  private static boolean hasRole(Element element) {
    return element.attributesSize() > 0 && ROLES.contains(element.attr("role"));
  }
}
