package org.sparkgpt.extract;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the class and id of an element say of it. Names are cut into words where they change case or
 * have a character that is no letter; a word counts as a whole, a few unmistakable ones within
 * others too. Answers are remembered, as the pages of a site repeat the same names.
 */
final class Hints {
  enum Hint {
    CONTENT,
    NONE,
    /** Says little for it. */
    DOUBTFUL,
    CLUTTER
  }

  private static final int REMEMBERED = 10_000;

  private static final Set<String> CONTENT =
      words("article articles articlebody body content contents entry hentry main page post text blog story"
              + " prose markdown column wysiwyg document chapter bodycontent maincontent shadow");

  private static final Set<String> CLUTTER =
      words(
          "ad ads advert adverts adv advertisement advertising banner banners breadcrumb breadcrumbs combx comment comments"
              + " commenting community disqus extra footer footnav gdpr header legends menu menus nav navi navbar navbox"
              + " navigation pager pagination paging popup modal promo promos promotion related recirc recommended"
              + " recommendations remark replies respond reply rss share sharing sharedaddy shares shoutbox sidebar sidenav"
              + " skyscraper social sponsor sponsored sponsors supplemental agegate cookie cookies consent"
              + " newsletter subscribe subscription subscriptions signup toolbar topbar trending outbrain taboola"
              + " masthead widget widgets utility tools editsection catlinks noprint hidden jumbotron popular");

  private static final Set<String> DOUBTFUL =
      words(
          "contact foot footnote meta media outbrain scroll shopping tag tags tool author byline"
              + " date time credit teaser teasers more hid hidden list thumb tooltip infobox gallery login links");

  private static final String[] CLUTTER_PARTS = {
    "sidebar", "comment", "footer", "breadcrumb", "newsletter", "advert", "sponsor", "related", "social", "disqus", "cookie", "promo",
  };

  private final Map<String, Hint> remembered = new HashMap<>();

  Hint of(String classes, String id) {
    if (classes.isEmpty() && id.isEmpty()) {
      return Hint.NONE;
    }
    String names = classes + ' ' + id;
    Hint known = remembered.get(names);
    if (known == null) {
      if (remembered.size() == REMEMBERED) {
        remembered.clear();
      }
      known = judge(names);
      remembered.put(names, known);
    }
    return known;
  }

  private static Hint judge(String names) {
    boolean content = false;
    boolean clutter = false;
    boolean doubtful = false;
    int start = 0;
    int length = Math.min(names.length(), 500);
    for (int i = 1; i <= length; i++) {
      boolean ends =
          i == length
              || !Character.isLetter(names.charAt(i))
              || Character.isUpperCase(names.charAt(i)) && Character.isLowerCase(names.charAt(i - 1));
      if (ends) {
        String word = names.substring(start, i).toLowerCase(Locale.ROOT);
        content |= CONTENT.contains(word);
        clutter |= CLUTTER.contains(word);
        doubtful |= DOUBTFUL.contains(word);
        start = i < length && Character.isLetter(names.charAt(i)) ? i : i + 1;
      }
    }
    if (!clutter) {
      String lower = names.toLowerCase(Locale.ROOT);
      for (String part : CLUTTER_PARTS) {
        clutter |= lower.contains(part);
      }
    }
    if (clutter) {
      return content ? Hint.DOUBTFUL : Hint.CLUTTER;
    }
    return content ? Hint.CONTENT : doubtful ? Hint.DOUBTFUL : Hint.NONE;
  }

  private static Set<String> words(String list) {
    return new java.util.HashSet<>(java.util.Arrays.asList(list.split(" ")));
  }
}
