package org.sparkgpt.scrape;

import java.nio.charset.StandardCharsets;

/** Percent-encoding in the path and the query of a URL. */
final class Escapes {
  private static final String UNRESERVED = "-._~";
  private static final String RESERVED_AND_ALLOWED = "!$&'()*+,;=:@/?";
  private static final String HEX = "0123456789ABCDEF";

  private Escapes() {}

  /** Escapes what must be, in UTF-8; unescapes what need not be; the rest in upper case. */
  static String normalize(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int escaped = c == '%' ? byteAt(text, i) : -1;
      if (escaped >= 0) {
        append(out, escaped, isUnreserved(escaped));
        i += 3;
        continue;
      }
      if (isUnreserved(c) || c < 128 && RESERVED_AND_ALLOWED.indexOf(c) >= 0) {
        out.append((char) c);
      } else {
        boolean alone = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        String character = alone ? "\ufffd" : Character.toString(c);
        for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
          append(out, b & 0xff, false);
        }
      }
      i += Character.charCount(c);
    }
    return out.toString();
  }

  /** The characters meant by a text with escapes in UTF-8. */
  static String decode(String text) {
    byte[] out = new byte[text.length() * 3];
    int n = 0;
    for (int i = 0; i < text.length(); ) {
      int escaped = text.charAt(i) == '%' ? byteAt(text, i) : -1;
      if (escaped >= 0) {
        out[n++] = (byte) escaped;
        i += 3;
        continue;
      }
      int end = text.offsetByCodePoints(i, 1);
      for (byte b : text.substring(i, end).getBytes(StandardCharsets.UTF_8)) {
        out[n++] = b;
      }
      i = end;
    }
    return new String(out, 0, n, StandardCharsets.UTF_8);
  }

  private static void append(StringBuilder out, int b, boolean plain) {
    if (plain) {
      out.append((char) b);
    } else {
      out.append('%').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 15));
    }
  }

  private static boolean isUnreserved(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c < 128 && UNRESERVED.indexOf(c) >= 0;
  }

  /** What {@code %XX} at {@code i} stands for; -1 if it is not such. */
  private static int byteAt(String text, int i) {
    if (i + 2 >= text.length()) {
      return -1;
    }
    int high = digit(text.charAt(i + 1));
    int low = digit(text.charAt(i + 2));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static int digit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }
}
