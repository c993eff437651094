package org.sparkgpt.ingest;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jsoup.parser.Parser;

/**
 * What a reader sees of MediaWiki's markup, as paragraphs: links as their labels; templates,
 * tables, references, formulas, comments, files and categories gone; list items behind {@code "-
 * "}. In time linear in the text: brackets are matched once, and what is not closed is text.
 */
final class WikiText {
  /** MediaWiki cuts titles at 255 bytes. */
  private static final int LONGEST_TARGET = 512;

  /** Elements that go with all that is in them. */
  private static final Set<String> DROPPED =
      Set.of(
          ("ref math chem gallery timeline score imagemap templatedata graph mapframe "
                  + "maplink references hiero inputbox style script")
              .split(" "));

  /** Elements in which markup is none. */
  private static final Set<String> LITERAL = Set.of("nowiki", "pre", "syntaxhighlight", "source");

  /**
   * Names of files and categories in the languages that have most articles; English works in all.
   */
  private static final Set<String> NO_LABEL =
      Set.of(
          ("file image category media datei bild kategorie fichier catégorie archivo "
                  + "imagen categoría immagine categoria ficheiro imagem bestand afbeelding "
                  + "categorie plik grafika kategoria файл изображение категория fil kategori "
                  + "ファイル 画像 文件 分类 ملف تصنيف")
              .split(" "));

  private final String wiki;
  private final StringBuilder out;

  /** For each bracket of a pair the other's place; else -1. */
  private final int[] partner;

  /** Elements that are not closed any more behind the place of reading. */
  private final Set<String> unclosed = new HashSet<>();

  private WikiText(String wiki) {
    this.wiki = wiki;
    this.out = new StringBuilder(wiki.length());
    this.partner = new int[wiki.length()];
    Arrays.fill(partner, -1);
  }

  static String plain(String wiki) {
    WikiText text = new WikiText(withoutComments(wiki));
    text.match();
    text.convert();
    return WikiLines.plain(Parser.unescapeEntities(text.out.toString(), false));
  }

  private static String withoutComments(String wiki) {
    int at = wiki.indexOf("<!--");
    if (at < 0) {
      return wiki;
    }
    StringBuilder rest = new StringBuilder(wiki.length());
    int from = 0;
    while (at >= 0) {
      rest.append(wiki, from, at);
      int end = wiki.indexOf("-->", at);
      from = end < 0 ? wiki.length() : end + 3;
      at = end < 0 ? -1 : wiki.indexOf("<!--", from);
    }
    return rest.append(wiki, from, wiki.length()).toString();
  }

  /** Finds pairs of brackets; one that is crossed by another pair is text. */
  private void match() {
    Deque<Integer> open = new ArrayDeque<>();
    int[] waiting = new int[128]; // how many of each kind, by their first character
    for (int i = 0; i + 1 < wiki.length(); i++) {
      char c = wiki.charAt(i);
      char d = wiki.charAt(i + 1);
      boolean lineStart = i == 0 || wiki.charAt(i - 1) == '\n';
      if (c == '<') {
        i = Math.max(i, literalEnd(i) - 1);
      } else if (c == '{' && d == '{'
          || c == '[' && d == '['
          || c == '{' && d == '|' && lineStart) {
        open.push(i);
        waiting[d]++;
        i++;
      } else if (c == '}' && d == '}' && close(open, waiting, '{', i)
          || c == ']' && d == ']' && close(open, waiting, '[', i)
          || c == '|' && d == '}' && lineStart && close(open, waiting, '|', i)) {
        i++;
      }
    }
    unclosed.clear();
  }

  private boolean close(Deque<Integer> open, int[] waiting, char kind, int at) {
    if (waiting[kind] == 0) {
      return false;
    }
    while (true) {
      int start = open.pop();
      char second = wiki.charAt(start + 1);
      waiting[second]--;
      if (second == kind) {
        partner[start] = at;
        partner[at] = start;
        return true;
      }
    }
  }

  /** Behind an element whose content is literal, or 0. */
  private int literalEnd(int at) {
    String name = tagName(at + 1);
    return LITERAL.contains(name) ? elementEnd(at, name) : 0;
  }

  private void convert() {
    int i = 0;
    while (i < wiki.length()) {
      char c = wiki.charAt(i);
      if (c == '<') {
        i = element(i);
      } else if (partner[i] > i) {
        i = c == '[' ? link(i) : partner[i] + 2;
      } else if (partner[i] >= 0) { // a link's end
        i += 2;
      } else if (c == '[') {
        i = externalLink(i);
      } else if (wiki.startsWith("''", i)) {
        while (i < wiki.length() && wiki.charAt(i) == '\'') {
          i++;
        }
      } else if (wiki.startsWith("__", i)) {
        i = magicWord(i);
      } else {
        out.append(c);
        i++;
      }
    }
  }

  /** Writes nothing of a file or category; else goes on at the link's label. */
  private int link(int at) {
    int close = partner[at];
    int last = Math.min(close, at + 2 + LONGEST_TARGET);
    int bar = at + 2;
    while (bar < last && "|[\n".indexOf(wiki.charAt(bar)) < 0) {
      bar++;
    }
    String target = wiki.substring(at + 2, bar).strip();
    int colon = target.indexOf(':');
    if (colon > 0
        && NO_LABEL.contains(target.substring(0, colon).strip().toLowerCase(Locale.ROOT))) {
      return close + 2;
    }
    if (bar + 1 < close && wiki.charAt(bar) == '|') {
      return bar + 1;
    }
    return at + 2 + (wiki.startsWith(":", at + 2) ? 1 : 0);
  }

  /** {@code [http://... label]}: the label; any other bracket is text. */
  private int externalLink(int at) {
    boolean address =
        wiki.startsWith("http://", at + 1)
            || wiki.startsWith("https://", at + 1)
            || wiki.startsWith("//", at + 1);
    int limit = wiki.length();
    int i = at + 1;
    while (address && i < limit && " ][\n".indexOf(wiki.charAt(i)) < 0) {
      i++;
    }
    int end = i;
    while (address && end < limit && "][\n".indexOf(wiki.charAt(end)) < 0) {
      end++;
    }
    if (!address || end == limit || wiki.charAt(end) != ']') {
      out.append('[');
      return at + 1;
    }
    out.append(wiki.substring(i, end).strip().replace("''", "").replaceAll("<[^<>]*>", ""));
    return end + 1;
  }

  /** Like {@code __NOTOC__}. */
  private int magicWord(int at) {
    int i = at + 2;
    while (i < wiki.length() && i < at + 40 && Character.isUpperCase(wiki.charAt(i))) {
      i++;
    }
    if (i > at + 2 && wiki.startsWith("__", i)) {
      return i + 2;
    }
    out.append('_');
    return at + 1;
  }

  private int element(int at) {
    String name = tagName(at + 1);
    if (DROPPED.contains(name)) {
      return Math.max(at + 1, elementEnd(at, name));
    }
    if (LITERAL.contains(name)) {
      return literal(at, name);
    }
    boolean tag = !name.isEmpty() || wiki.startsWith("</", at);
    int end = tag ? tagEnd(at) : -1;
    if (end < 0) {
      out.append('<');
      return at + 1;
    }
    if (List.of("br", "p", "div", "li", "tr", "blockquote").contains(name)) {
      out.append('\n');
    }
    return end;
  }

  private int literal(int at, String name) {
    int start = tagEnd(at);
    int end = elementEnd(at, name);
    int close = start < 0 || end <= start ? -1 : wiki.lastIndexOf("</", end - 1);
    if (close >= start) {
      out.append(wiki, start, close);
    }
    return Math.max(at + 1, end);
  }

  private String tagName(int at) {
    int i = at;
    while (i < wiki.length() && i < at + 20 && Character.isLetterOrDigit(wiki.charAt(i))) {
      i++;
    }
    return wiki.substring(at, i).toLowerCase(Locale.ROOT);
  }

  /** Behind a tag, -1 if another begins before its end. */
  private int tagEnd(int at) {
    int limit = wiki.length();
    int i = at + 1;
    while (i < limit && wiki.charAt(i) != '>' && wiki.charAt(i) != '<') {
      i++;
    }
    return i < limit && wiki.charAt(i) == '>' ? i + 1 : -1;
  }

  /** Behind an element; behind its tag if it is empty or never closed. */
  private int elementEnd(int at, String name) {
    int start = tagEnd(at);
    if (start < 0 || wiki.charAt(start - 2) == '/' || unclosed.contains(name)) {
      return Math.max(0, start);
    }
    int close = start;
    while (close >= 0 && !wiki.regionMatches(true, close, "</" + name, 0, name.length() + 2)) {
      close = wiki.indexOf("</", close + 1);
    }
    if (close < 0) {
      unclosed.add(name);
      return start;
    }
    int end = tagEnd(close);
    return end < 0 ? start : end;
  }
}
