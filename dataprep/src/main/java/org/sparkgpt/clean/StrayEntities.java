package org.sparkgpt.clean;

import java.nio.charset.Charset;
import org.jsoup.nodes.Entities;

/**
 * HTML's character references in text that is no HTML: {@code &eacute;}, {@code &#233;}, {@code
 * &amp;lt;}. Only known names with their semicolon count.
 */
final class StrayEntities {
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");
  private static final String AMPERSAND = "amp;";
  private static final int LONGEST = 32; // names have up to 31 characters

  private StrayEntities() {}

  /** The text with its references resolved; {@code text} itself if it has none. */
  static String resolve(String text) {
    StringBuilder out = null;
    int copied = 0;
    for (int i = text.indexOf('&'); i >= 0; i = text.indexOf('&', i)) {
      int name = i + 1;
      while (text.startsWith(AMPERSAND, name)) { // escaped any number of times
        name += AMPERSAND.length();
      }
      int end = text.indexOf(';', name);
      String meant = end < 0 || end - name > LONGEST ? null : meaning(text.substring(name, end));
      if (meant != null || name > i + 1) {
        out = out == null ? new StringBuilder(text.length()) : out;
        out.append(text, copied, i).append(meant == null ? "&" : meant);
        copied = meant == null ? name : end + 1;
      }
      i = Math.max(i + 1, copied);
    }
    return out == null ? text : out.append(text, copied, text.length()).toString();
  }

  /** Null if nothing is meant. */
  private static String meaning(String name) {
    if (name.startsWith("#")) {
      return character(name);
    }
    String meant = Entities.getByName(name);
    return meant.isEmpty() ? null : meant;
  }

  private static String character(String name) {
    int point;
    try {
      boolean hex = name.startsWith("#x") || name.startsWith("#X");
      point = hex ? Integer.parseInt(name.substring(2), 16) : Integer.parseInt(name.substring(1));
    } catch (NumberFormatException e) {
      return null;
    }
    if (point >= 0x80 && point < 0xa0) { // as browsers read them
      return new String(new byte[] {(byte) point}, WINDOWS_1252);
    }
    boolean character =
        point == '\n'
            || point == '\t'
            || point >= ' ' && point != 0x7f && Character.isDefined(point);
    boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    return character && !surrogate ? Character.toString(point) : null;
  }
}
