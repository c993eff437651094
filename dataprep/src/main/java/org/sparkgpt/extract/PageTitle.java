package org.sparkgpt.extract;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Titles as {@code <title>} has them: often with the name of the site before or after. */
final class PageTitle {
  private static final Pattern SEPARATOR = Pattern.compile("\\s+(?:[-|/»«·•–—]|::)\\s+|:\\s+");
  private static final Pattern NO_LETTERS = Pattern.compile("[^\\p{L}\\p{N}]+");
  private static final Pattern PATH = Pattern.compile("(?<=[^/:])/.*");

  private PageTitle() {}

  /**
   * The title without the site's name, where that can be told: it is the name that the page gives
   * for its site, it is in the host's name, or the other part is the page's heading.
   *
   * @param site, heading, url each null if not known
   */
  static String withoutSite(String title, String site, String heading, String url) {
    Matcher separator = SEPARATOR.matcher(title);
    String known =
        letters(site) + ' ' + letters(url == null ? "" : PATH.matcher(url).replaceFirst(""));
    String rest = title;
    while (separator.find()) {
      String before = title.substring(0, separator.start());
      String after = title.substring(separator.end());
      if (names(known, after) || letters(before).equals(letters(heading))) {
        return before;
      }
      if (names(known, before) || letters(after).equals(letters(heading))) {
        rest = after;
      }
    }
    return rest;
  }

  private static boolean names(String known, String part) {
    String letters = letters(part);
    return !letters.isEmpty() && known.contains(letters);
  }

  private static String letters(String text) {
    return text == null ? "" : NO_LETTERS.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
  }
}
