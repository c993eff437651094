package org.sparkgpt.extract;

import java.util.HashMap;
import java.util.Map;

/** What the names of elements say of them, as a set of bits. */
final class Tags {
  /** Holds nothing that is read: not even measured. */
  static final int UNREAD = 1;

  /** Site furniture by definition: navigation, footers, asides. */
  static final int FURNITURE = 1 << 1;

  /** Starts and ends a line. */
  static final int BLOCK = 1 << 2;

  /** A block set apart by a blank line. */
  static final int PARAGRAPH = 1 << 3;

  static final int LINK = 1 << 5;
  static final int LIST = 1 << 6;
  static final int CELL = 1 << 8;
  static final int PREFORMATTED = 1 << 9;

  /** Holds the content of the page, by definition. */
  static final int ARTICLE = 1 << 10;

  /** Divides a page without saying what into. */
  static final int DIVISION = 1 << 11;

  static final int TABLE = 1 << 12;
  static final int PROSE = 1 << 13;
  static final int LINE_BREAK = 1 << 15;
  static final int HEADER = 1 << 16;

  private static final Map<String, Integer> BITS = new HashMap<>();

  static {
    add(
        UNREAD,
        "head script style noscript template svg math iframe object embed canvas audio video map"
            + " select textarea datalist dialog menu button label input");
    add(FURNITURE, "nav footer aside");
    add(
        BLOCK,
        "html body address article aside blockquote caption center dd details dialog dir div dl dt"
            + " fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li legend"
            + " main menu nav ol p pre search section summary table tbody td tfoot th thead tr ul");
    add(PARAGRAPH, "p h1 h2 h3 h4 h5 h6 pre blockquote table ul ol dl hr figure article section");
    add(LINK, "a");
    add(LIST, "ul ol dl");
    add(CELL, "td th");
    add(PREFORMATTED, "pre");
    add(ARTICLE, "article main");
    add(DIVISION, "div section form fieldset center td");
    add(TABLE, "table");
    add(PROSE, "p pre blockquote li dd dt h2 h3 h4 h5 h6 figcaption");
    add(LINE_BREAK, "br");
    add(HEADER, "header");
  }

  private Tags() {}

  static int of(String name) {
    return BITS.getOrDefault(name, 0);
  }

  private static void add(int bits, String names) {
    for (String name : names.split(" ")) {
      BITS.merge(name, bits, (a, b) -> a | b);
    }
  }
}
