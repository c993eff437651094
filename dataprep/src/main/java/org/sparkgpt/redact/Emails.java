package org.sparkgpt.redact;

import java.util.Locale;
import java.util.Set;

/**
 * E-mail addresses: a dotted atom, {@code @}, and a domain whose last label is letters, or an IPv4
 * address in brackets. Letters may be Latin ones with accents. Not taken: file names such as {@code
 * icon@2x.png}, hosts without a dot, addresses written out ("john at example dot com").
 */
final class Emails {
  private static final int LONGEST_LOCAL = 64; // RFC 5321
  private static final int LONGEST_DOMAIN = 255;
  private static final int LONGEST_LABEL = 63;

  /** Of images whose names say their resolution behind an @, and of npm's file@version. */
  private static final Set<String> FILE_TYPES =
      Set.of("png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts", "html", "json", "gz");

  private Emails() {}

  /**
   * Where the address around the {@code @} at {@code at} begins, or -1 if there is none.
   *
   * @param from the address does not begin before it
   */
  static int start(String text, int at, int from) {
    int lowest = Math.max(from, at - LONGEST_LOCAL);
    int i = at;
    while (i > lowest && isAtom(text.charAt(i - 1)) && !isDoubleDot(text, i, at)) {
      i--;
    }
    if (i == lowest && i > from && isAtom(text.charAt(i - 1))) {
      return -1; // longer than a local part can be
    }
    while (i < at && !isWord(text.charAt(i))) {
      i++; // quotes, dashes and dots before the address
    }
    return i < at && text.charAt(at - 1) != '.' ? i : -1;
  }

  /** Whether the character before {@code i} would be the first of two dots. */
  private static boolean isDoubleDot(String text, int i, int at) {
    return i < at && text.charAt(i) == '.' && text.charAt(i - 1) == '.';
  }

  private static boolean isWord(char c) {
    return Characters.isDigit(c) || Characters.isLatin(c) || c == '_';
  }

  private static boolean isAtom(char c) {
    return isWord(c) || c == '.' || c == '-' || c == '+' || c == '%' || c == '\'' || c == '&';
  }

  /** Where its domain ends, or -1 if there is none. */
  static int end(String text, int at) {
    int limit = Math.min(text.length(), at + 1 + LONGEST_DOMAIN);
    if (at + 1 < limit && text.charAt(at + 1) == '[') {
      int end = IpAddresses.quadEnd(text, at + 2, limit, null);
      return end > 0 && end < limit && text.charAt(end) == ']' ? end + 1 : Recogniser.NONE;
    }
    int end = Recogniser.NONE;
    int labels = 0;
    int i = at + 1;
    while (i < limit) {
      int labelEnd = labelEnd(text, i, limit);
      if (labelEnd == i) {
        break;
      }
      labels++;
      if (labels > 1 && isTopLevel(text, i, labelEnd)) {
        end = labelEnd;
      } else if (labels > 1) {
        end = Recogniser.NONE;
      }
      if (labelEnd >= limit || text.charAt(labelEnd) != '.') {
        break;
      }
      i = labelEnd + 1;
    }
    return end;
  }

  /** Where the label at {@code start} ends: there, if there is none. */
  private static int labelEnd(String text, int start, int limit) {
    int i = start;
    int longest = Math.min(limit, start + LONGEST_LABEL + 1);
    while (i < longest && isLabel(text.charAt(i))) {
      i++;
    }
    if (i - start > LONGEST_LABEL || i > start && text.charAt(start) == '-') {
      return start;
    }
    while (i > start && text.charAt(i - 1) == '-') {
      i--;
    }
    return i;
  }

  private static boolean isLabel(char c) {
    return Characters.isDigit(c) || Characters.isLatin(c) || c == '-';
  }

  private static boolean isTopLevel(String text, int start, int end) {
    if (end - start < 2 || end - start > 24) {
      return false;
    }
    for (int i = start; i < end; i++) {
      if (!Characters.isLetter(text.charAt(i))) {
        return text.startsWith("xn--", start);
      }
    }
    return !FILE_TYPES.contains(text.substring(start, end).toLowerCase(Locale.ROOT));
  }
}
