package org.sparkgpt.extract;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the class and id of an element say of it. Names are cut into words where the case changes or
 * a character is no letter: {@code articleBody}, {@code article-body}. Answers are remembered, as
 * the pages of a site repeat the same names. Not safe for threads.
 */
final class Hints {
  enum Hint {
    NONE,
    /** Navigation, advertisements, comments and the like. */
    CLUTTER
  }

  private static final int REMEMBERED = 10_000;

  /** A longer class or id is made by a program, and long ones are made to be slow. */
  private static final int MAX_CHARACTERS = 300;

  /** A name of more words is a heading, made into an anchor. */
  private static final int MAX_WORDS = 4;

  private static final Pattern SPACES = Pattern.compile("\\s+");
  private static final Pattern WORD_END = Pattern.compile("[^\\p{L}]+|(?<=\\p{Ll})(?=\\p{Lu})");

  /** Never part of the text, whatever other words say. */
  private static final Set<String> ALWAYS_CLUTTER =
      Set.of(
          words(
              "comment comments disqus cookie cookies gdpr breadcrumb breadcrumbs adsbygoogle"
                  + " editsection"));

  private static final Set<String> CLUTTER =
      Set.of(
          words(
              "ad ads adv advert advertisement advertising adverts agegate banner banners combx"
                  + " commenting community consent extra footer footnav header hidden jumbotron"
                  + " legends masthead menu menus modal nav navbar navbox navi navigation newsletter"
                  + " noprint outbrain pager pagination paging popular popup promo promos promotion"
                  + " recirc recommendations recommended related remark replies reply respond rss"
                  + " share shares sharedaddy sharing shoutbox sidebar sidenav signup skyscraper"
                  + " social sponsor sponsored sponsors subscribe subscription subscriptions"
                  + " supplemental taboola toolbar tools topbar trending utility widget widgets"
                  + " catlinks"));

  /** Unmistakable within longer words, too: {@code leftsidebar}. */
  private static final String[] CLUTTER_PARTS = {
    "advert",
    "breadcrumb",
    "comment",
    "cookie",
    "disqus",
    "footer",
    "newsletter",
    "promo",
    "related",
    "sidebar",
    "social",
    "sponsor"
  };

  /** What has one of these names may be the article, with a name of clutter beside. */
  private static final Set<String> CONTENT =
      Set.of(
          words(
              "article articlebody articles blog body chapter column content contents document"
                  + " entry hentry main maincontent markdown page post prose shadow story text"
                  + " wysiwyg"));

  /** Scaladoc's names of the comments in code, which are no readers' comments. */
  private static final Set<String> DOCUMENTATION = Set.of("cmt", "fullcomment", "shortcomment");

  private final Map<String, Hint> remembered = new HashMap<>();

  Hint of(String classes, String id) {
    int length = classes.length() + id.length();
    if (length == 0 || length > MAX_CHARACTERS) {
      return Hint.NONE;
    }
    if (remembered.size() == REMEMBERED) {
      remembered.clear();
    }
    return remembered.computeIfAbsent(classes + ' ' + id, Hints::judge);
  }

  private static Hint judge(String names) {
    List<String> all = List.of(SPACES.split(names));
    if (all.stream().anyMatch(DOCUMENTATION::contains)) {
      return Hint.NONE;
    }
    boolean content = false;
    boolean clutter = false;
    for (String name : all) {
      String[] words = WORD_END.split(name);
      if (words.length > MAX_WORDS) {
        continue;
      }
      for (String written : words) {
        String word = written.toLowerCase(Locale.ROOT);
        if (ALWAYS_CLUTTER.contains(word)) {
          return Hint.CLUTTER;
        }
        content |= CONTENT.contains(word);
        clutter |= CLUTTER.contains(word) || hasClutterPart(word);
      }
    }
    return clutter && !content ? Hint.CLUTTER : Hint.NONE;
  }

  private static boolean hasClutterPart(String word) {
    for (String part : CLUTTER_PARTS) {
      if (word.contains(part)) {
        return true;
      }
    }
    return false;
  }

  private static String[] words(String list) {
    return list.split(" ");
  }
}
