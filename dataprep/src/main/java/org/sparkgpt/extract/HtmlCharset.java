package org.sparkgpt.extract;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The characters of a page, whose charset is found as browsers find it (WHATWG Encoding and HTML,
 * "determining the character encoding"): byte order mark, HTTP header, declaration in the first
 * bytes; failing these UTF-8 if the page is valid UTF-8, else windows-1252. Bytes that the charset
 * does not know become U+FFFD.
 */
public final class HtmlCharset {
  /** The standard lets a parser look this far; some pages put long comments first. */
  private static final int SNIFFED = 4096;

  private static final Pattern DECLARED =
      Pattern.compile(
          "<(?:meta\\s[^>]*?charset|\\?xml\\s[^>]*?encoding)\\s*=\\s*[\"']?\\s*([\\w:.-]+)",
          Pattern.CASE_INSENSITIVE);

  /** Names that the web uses for a larger charset than they say. */
  private static final Map<String, String> LABELS =
      Map.ofEntries(
          Map.entry("ascii", "windows-1252"),
          Map.entry("us-ascii", "windows-1252"),
          Map.entry("latin1", "windows-1252"),
          Map.entry("iso-8859-1", "windows-1252"),
          Map.entry("iso8859-1", "windows-1252"),
          Map.entry("iso-8859-9", "windows-1254"),
          Map.entry("iso-8859-11", "x-windows-874"),
          Map.entry("tis-620", "x-windows-874"),
          Map.entry("gb2312", "gb18030"),
          Map.entry("gbk", "gb18030"),
          Map.entry("shift_jis", "windows-31j"),
          Map.entry("shift-jis", "windows-31j"),
          Map.entry("euc-kr", "x-windows-949"),
          Map.entry("ks_c_5601-1987", "x-windows-949"),
          Map.entry("utf8", "utf-8"));

  private HtmlCharset() {}

  /**
   * @param declared the charset of the HTTP header; null if there is none
   */
  public static String decode(byte[] page, Charset declared) {
    if (startsWith(page, 0xef, 0xbb, 0xbf)) {
      return new String(page, 3, page.length - 3, StandardCharsets.UTF_8);
    }
    if (startsWith(page, 0xfe, 0xff) || startsWith(page, 0xff, 0xfe)) {
      return new String(page, StandardCharsets.UTF_16);
    }
    Charset charset = declared == null ? inMarkup(page) : declared;
    if (charset != null) {
      return new String(page, charset);
    }
    String text = new String(page, StandardCharsets.UTF_8);
    boolean valid = text.indexOf('\ufffd') < 0;
    return valid ? text : new String(page, Charset.forName("windows-1252"));
  }

  /** The charset that the web means by a name; null if Java has none for it. */
  public static Charset named(String label) {
    String name = label.toLowerCase(Locale.ROOT);
    try {
      return Charset.forName(LABELS.getOrDefault(name, name));
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return null;
    }
  }

  private static Charset inMarkup(byte[] page) {
    String start = new String(page, 0, Math.min(page.length, SNIFFED), StandardCharsets.ISO_8859_1);
    Matcher declaration = DECLARED.matcher(start);
    if (!declaration.find()) {
      return null;
    }
    Charset charset = named(declaration.group(1));
    // A declaration that can be read as ASCII is not in UTF-16, whatever it says.
    boolean wide = charset != null && charset.name().startsWith("UTF-16");
    return wide ? StandardCharsets.UTF_8 : charset;
  }

  private static boolean startsWith(byte[] page, int... prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if (i >= page.length || (page[i] & 0xff) != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
