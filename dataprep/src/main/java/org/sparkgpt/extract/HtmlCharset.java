package org.sparkgpt.extract;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * The characters of a page or of plain text. The charset is found as browsers find it (WHATWG
 * Encoding and HTML, "determining the character encoding"): byte order mark, HTTP header,
 * declaration in the first bytes; failing these UTF-8 if the bytes are valid UTF-8, else by {@link
 * CharsetDetection}. Bytes that the charset does not know become U+FFFD.
 *
 * <p>Browsers then believe a declaration whatever comes out, because a reader sees that it is wrong
 * and they must not break pages that rely on it. A corpus has no reader, so here the bytes overrule
 * a declaration that is plainly wrong:
 *
 * <ul>
 *   <li>A charset of one byte a character was declared, and all that is not ASCII is well-formed
 *       UTF-8. Text in such a charset is that by accident only when it has one or two characters
 *       beyond ASCII. Not so for the charsets of East Asia, in which short words can be both.
 *   <li>UTF-8 was declared, and more than half of what is not ASCII is not well-formed: the next
 *       declaration counts, and after the last one detection. Below that the text is UTF-8 with
 *       damage.
 * </ul>
 */
public final class HtmlCharset {
  private static final char REPLACEMENT = '\ufffd';

  /** How a charset was found. */
  public enum Origin {
    BYTE_ORDER_MARK("byte order mark"),
    HTTP_HEADER("HTTP header"),
    DECLARATION("declaration in the page"),
    VALID_UTF_8("all bytes are valid UTF-8"),
    DETECTION("detection");

    private final String description;

    Origin(String description) {
      this.description = description;
    }

    @Override
    public String toString() {
      return description;
    }
  }

  /** Text, the charset it was read in, and how that was found. */
  public record Decoded(String text, Charset charset, Origin origin) {}

  private HtmlCharset() {}

  /**
   * The text of a page.
   *
   * @param declared the charset of the HTTP header; null if there is none
   */
  public static String decode(byte[] page, Charset declared) {
    return decodePage(page, declared).text();
  }

  /**
   * @param declared the charset of the HTTP header; null if there is none
   */
  public static Decoded decodePage(byte[] page, Charset declared) {
    return decode(page, declared, true);
  }

  /**
   * The same for plain text, in which nothing declares a charset.
   *
   * @param declared the charset of the HTTP header; null if there is none
   */
  public static Decoded decodeText(byte[] text, Charset declared) {
    return decode(text, declared, false);
  }

  /** The charset that the web means by a name, in any case; null if there is none. */
  public static Charset named(String label) {
    return CharsetLabels.charset(label);
  }

  private static Decoded decode(byte[] page, Charset declared, boolean markup) {
    if (startsWith(page, 0xef, 0xbb, 0xbf)) {
      String text = new String(page, 3, page.length - 3, StandardCharsets.UTF_8);
      return new Decoded(text, StandardCharsets.UTF_8, Origin.BYTE_ORDER_MARK);
    }
    if (startsWith(page, 0xfe, 0xff) || startsWith(page, 0xff, 0xfe)) {
      boolean big = (page[0] & 0xff) == 0xfe;
      Charset wide = big ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
      String text = new String(page, 2, page.length - 2, wide);
      return new Decoded(text, wide, Origin.BYTE_ORDER_MARK);
    }
    Utf8Bytes utf8 = Utf8Bytes.count(page);
    if (declared != null && isPossible(declared, utf8)) {
      return decoded(page, declared, Origin.HTTP_HEADER);
    }
    Charset inPage = markup ? MetaPrescan.charset(page) : null;
    if (inPage != null && isPossible(inPage, utf8)) {
      return decoded(page, inPage, Origin.DECLARATION);
    }
    boolean ascii = utf8.sequences() == 0 && utf8.malformed() == 0;
    if (utf8.isCertain() || ascii && !CharsetDetection.hasEscapes(page)) {
      return decoded(page, StandardCharsets.UTF_8, Origin.VALID_UTF_8);
    }
    if (utf8.isLikely()) {
      return decoded(page, StandardCharsets.UTF_8, Origin.DETECTION);
    }
    return decoded(page, CharsetDetection.detect(page), Origin.DETECTION);
  }

  private static boolean isPossible(Charset declared, Utf8Bytes utf8) {
    if (declared.equals(StandardCharsets.UTF_8)) {
      return utf8.malformed() == 0 || utf8.isLikely();
    }
    return !utf8.isCertain() || !isSingleByte(declared);
  }

  private static boolean isSingleByte(Charset charset) {
    return charset != TableCharset.REPLACEMENT
        && charset.newDecoder().maxCharsPerByte() == 1
        && charset.newDecoder().averageCharsPerByte() == 1;
  }

  private static Decoded decoded(byte[] page, Charset charset, Origin origin) {
    String text = new String(page, charset);
    boolean incomplete = charset.name().startsWith("windows-125") && text.indexOf(REPLACEMENT) >= 0;
    return new Decoded(incomplete ? withControls(text, page) : text, charset, origin);
  }

  /** The standard has C1 controls where Microsoft's tables, and Java, have holes. */
  private static String withControls(String text, byte[] page) {
    StringBuilder filled = new StringBuilder(text);
    for (int i = 0; i < page.length; i++) {
      if (text.charAt(i) == REPLACEMENT && (page[i] & 0xe0) == 0x80) {
        filled.setCharAt(i, (char) (page[i] & 0xff));
      }
    }
    return filled.toString();
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
