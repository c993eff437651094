package org.sparkgpt.extract;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks for the charset that a page declares in its first bytes, as browsers do before they parse
 * (HTML Standard, "prescan a byte stream to determine its encoding"): comments are skipped, a
 * {@code meta} counts only with {@code charset}, or with {@code content} beside {@code
 * http-equiv=content-type}; an XML declaration counts where no meta does.
 */
final class MetaPrescan {
  /** The standard lets a parser look this far; some pages put long comments first. */
  private static final int SNIFFED = 4096;

  private static final Pattern XML =
      Pattern.compile("^<\\?xml[^>]*?\\bencoding\\s*=\\s*[\"']([^\"'>]+)[\"']");

  private static final Pattern IN_CONTENT =
      Pattern.compile("charset\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\\s;\"']+))");

  private final String start;
  private int at;
  private String name;
  private String value;

  private MetaPrescan(byte[] page) {
    // Only ASCII is looked at, in lower case; latin-1 keeps every byte at its place.
    start =
        new String(page, 0, Math.min(page.length, SNIFFED), StandardCharsets.ISO_8859_1)
            .toLowerCase(Locale.ROOT);
  }

  /** The declared charset; null if the page declares none that is known. */
  static Charset charset(byte[] page) {
    MetaPrescan scan = new MetaPrescan(page);
    Charset meta = scan.inMeta();
    if (meta != null) {
      return meta;
    }
    Matcher xml = XML.matcher(scan.start);
    return xml.find() ? readable(CharsetLabels.charset(xml.group(1))) : null;
  }

  private Charset inMeta() {
    for (at = start.indexOf('<'); at >= 0; at = start.indexOf('<', at)) {
      if (start.startsWith("<!--", at)) {
        int end = start.indexOf("-->", at + 2);
        at = end < 0 ? start.length() : end + 3;
      } else if (start.startsWith("<meta", at) && isGap(at + 5)) {
        at += 5;
        Charset charset = declaredByAttributes();
        if (charset != null) {
          return charset;
        }
      } else if (isTag()) {
        skipName();
        while (nextAttribute()) {
          continue; // a '>' in a value does not end the tag
        }
      } else if ("!/?".indexOf(charAt(at + 1)) >= 0) {
        int end = start.indexOf('>', at);
        at = end < 0 ? start.length() : end;
      } else {
        at++;
      }
    }
    return null;
  }

  private Charset declaredByAttributes() {
    boolean contentType = false;
    Charset inContent = null;
    Charset charset = null;
    while (nextAttribute()) {
      switch (name) {
        case "http-equiv" -> contentType |= value.equals("content-type");
        case "content" -> {
          Matcher m = IN_CONTENT.matcher(value);
          if (inContent == null && m.find()) {
            String label = m.group(1) != null ? m.group(1) : m.group(2);
            inContent = CharsetLabels.charset(label != null ? label : m.group(3));
          }
        }
        case "charset" -> charset = charset == null ? CharsetLabels.charset(value) : charset;
        default -> {}
      }
    }
    return readable(charset != null || !contentType ? charset : inContent);
  }

  /** A declaration that could be read as ASCII is not in UTF-16, whatever it says. */
  private static Charset readable(Charset charset) {
    if (charset == null) {
      return null;
    }
    if (charset.name().startsWith("UTF-16")) {
      return StandardCharsets.UTF_8;
    }
    return charset == TableCharset.X_USER_DEFINED ? CharsetLabels.charset("windows-1252") : charset;
  }

  private boolean isTag() {
    int letter = charAt(at + 1) == '/' ? at + 2 : at + 1;
    return charAt(letter) >= 'a' && charAt(letter) <= 'z';
  }

  private void skipName() {
    at++;
    while (at < start.length() && !isSpace(charAt(at)) && charAt(at) != '>') {
      at++;
    }
  }

  /** Reads one attribute into name and value; false at the tag's end. */
  private boolean nextAttribute() {
    while (at < start.length() && isGap(at)) {
      at++;
    }
    if (at >= start.length() || charAt(at) == '>') {
      return false;
    }
    int from = at;
    while (at < start.length()
        && !isGap(at)
        && charAt(at) != '>'
        && (charAt(at) != '=' || at == from)) {
      at++;
    }
    name = start.substring(from, at);
    value = "";
    skipSpaces();
    if (charAt(at) == '=') {
      at++;
      skipSpaces();
      readValue();
    }
    return true;
  }

  private void readValue() {
    char quote = charAt(at);
    int from = at;
    if (quote == '"' || quote == '\'') {
      int end = start.indexOf(quote, at + 1);
      at = end < 0 ? start.length() : end + 1;
      value = start.substring(from + 1, end < 0 ? at : end).strip();
    } else {
      while (at < start.length() && !isSpace(charAt(at)) && charAt(at) != '>') {
        at++;
      }
      value = start.substring(from, at);
    }
  }

  private void skipSpaces() {
    while (at < start.length() && isSpace(charAt(at))) {
      at++;
    }
  }

  private boolean isGap(int i) {
    return isSpace(charAt(i)) || charAt(i) == '/';
  }

  private char charAt(int i) {
    return i < start.length() ? start.charAt(i) : '>';
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
  }
}
