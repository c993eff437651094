package org.sparkgpt.redact;

import org.sparkgpt.redact.Context.Topic;

/**
 * Public IP addresses.
 *
 * <p>IPv4: four numbers up to 255 without leading zeros, global as Python's {@code
 * ipaddress.is_global} has it (which counts multicast as global). Version and section numbers look
 * the same: a quad is left alone inside a longer number, word or file name, behind "version" and
 * its like, and, if none of its numbers reaches 100, unless "IP", "DNS", "server" or the like or
 * {@code //} stands before it. IPv6: what RFC 4291 allows but for an IPv4 tail, in 2000::/3 (all
 * that is assigned), global as Python has it.
 *
 * <p>Near "ISBN", "DOI" or {@code #} (100 characters before) nothing is an address, as Dolma has
 * it, unless a word such as "IP" says so.
 */
final class IpAddresses implements Recogniser {
  private static final int SMALL = 100;
  private static final int GROUPS = 8;

  private final int[] numbers = new int[4];
  private final int[] groups = new int[GROUPS];

  @Override
  public int end(String text, int start, int limit, Context context) {
    char first = text.charAt(start);
    if (!Characters.isDigit(first) || !canBegin(text, start)) {
      return NONE;
    }
    boolean sixes = first == '2' || first == '3';
    if (sixes && start + 4 < limit && text.charAt(start + 4) == ':') {
      int end = end6(text, start, limit);
      return end != NONE && isGlobal6() ? end : NONE;
    }
    int end = quadEnd(text, start, limit, numbers);
    boolean address =
        end != NONE && ends(text, end) && isGlobal4() && isMeant(text, start, context);
    return address ? end : NONE;
  }

  private static boolean canBegin(String text, int start) {
    if (start == 0) {
      return true;
    }
    char before = text.charAt(start - 1);
    if (before == '/') {
      return start > 1 && text.charAt(start - 2) == '/';
    }
    return ".-+,:#\\~$^".indexOf(before) < 0 || isColonOfText(text, start, before);
  }

  /** "IP:8.8.8.8" is an address, "::8.8.8.8" and "1:8.8.8.8" are none. */
  private static boolean isColonOfText(String text, int start, char before) {
    return before == ':' && start > 1 && Characters.isLatin(text.charAt(start - 2));
  }

  private static boolean ends(String text, int end) {
    if (end >= text.length()) {
      return true;
    }
    char after = text.charAt(end);
    boolean joining = after == '.' || after == '-' || after == '+';
    return !Characters.isWord(after)
        && !(joining && end + 1 < text.length() && Characters.isWord(text.charAt(end + 1)));
  }

  private boolean isMeant(String text, int start, Context context) {
    boolean named =
        context.tellsRather(Topic.HOST, Topic.VERSION, start)
            || start > 1 && text.charAt(start - 1) == '/';
    if (named) {
      return true;
    }
    boolean large = false;
    for (int number : numbers) {
      large |= number >= SMALL;
    }
    return large && !context.tells(Topic.VERSION, start) && !context.tells(Topic.CATALOGUE, start);
  }

  /**
   * Where four numbers with dots between them end, or {@link #NONE}.
   *
   * @param numbers filled with them; may be null
   */
  static int quadEnd(String text, int start, int limit, int[] numbers) {
    int i = start;
    for (int n = 0; n < 4; n++) {
      if (n > 0) {
        if (i >= limit || text.charAt(i) != '.') {
          return NONE;
        }
        i++;
      }
      int from = i;
      int value = 0;
      while (i < limit && i < from + 4 && Characters.isDigit(text.charAt(i))) {
        value = 10 * value + text.charAt(i++) - '0';
      }
      if (i == from || value > 255 || i > from + 1 && text.charAt(from) == '0') {
        return NONE;
      }
      if (numbers != null) {
        numbers[n] = value;
      }
    }
    return i;
  }

  /** IANA's special-purpose registry as Python's ipaddress reads it. */
  private boolean isGlobal4() {
    int a = numbers[0];
    int b = numbers[1];
    int c = numbers[2];
    int d = numbers[3];
    return switch (a) {
      case 0, 10, 127 -> false;
      case 100 -> b < 64 || b > 127;
      case 169 -> b != 254;
      case 172 -> b < 16 || b > 31;
      case 192 -> b != 168 && !(b == 0 && (c == 2 || c == 0 && d != 9 && d != 10));
      case 198 -> b != 18 && b != 19 && !(b == 51 && c == 100);
      case 203 -> !(b == 0 && c == 113);
      default -> a < 240;
    };
  }

  private int end6(String text, int start, int limit) {
    int count = 0;
    int gap = NONE; // index of the group before which :: stands
    int i = start;
    while (true) {
      int from = i;
      int value = 0;
      while (i < limit && i < from + 5 && Character.digit(ascii(text.charAt(i)), 16) >= 0) {
        value = 16 * value + Character.digit(text.charAt(i++), 16);
      }
      if (i > from + 4) {
        return NONE;
      }
      if (i > from) {
        if (count == GROUPS) {
          return NONE;
        }
        groups[count++] = value;
      } else if (gap != count) {
        return NONE; // a group is missing where no :: is
      }
      if (i + 1 < limit && text.charAt(i) == ':' && text.charAt(i + 1) == ':') {
        if (gap != NONE) {
          return NONE;
        }
        gap = count;
        i += 2;
      } else if (i + 1 < limit
          && i > from
          && text.charAt(i) == ':'
          && Character.digit(ascii(text.charAt(i + 1)), 16) >= 0) {
        i++;
      } else {
        break;
      }
    }
    boolean whole = gap == NONE ? count == GROUPS : count < GROUPS;
    return whole && ends6(text, i) ? expand(count, gap, i) : NONE;
  }

  private static char ascii(char c) {
    return c < 0x80 ? c : 0;
  }

  private static boolean ends6(String text, int end) {
    if (end >= text.length()) {
      return true;
    }
    char after = text.charAt(end);
    boolean quad =
        after == '.' && end + 1 < text.length() && Characters.isDigit(text.charAt(end + 1));
    return !Characters.isWord(after) && !quad;
  }

  private int expand(int count, int gap, int end) {
    if (gap != NONE) {
      int behind = count - gap;
      System.arraycopy(groups, gap, groups, GROUPS - behind, behind);
      for (int g = gap; g < GROUPS - behind; g++) {
        groups[g] = 0;
      }
    }
    return end;
  }

  /** As {@link #isGlobal4}, of 2000::/3. */
  private boolean isGlobal6() {
    int a = groups[0];
    int b = groups[1];
    if (a == 0x2001 && b < 0x200) { // 2001::/23 is for protocols, with exceptions
      boolean anycast = b == 1 && groups[7] >= 1 && groups[7] <= 3 && isZero(2, 7);
      return anycast
          || b == 3
          || b == 4 && groups[2] == 0x112
          || b >= 0x20 && b <= 0x3f; // ORCHIDv2, drone remote id
    }
    boolean documentation = a == 0x2001 && b == 0xdb8 || a == 0x3fff && b < 0x1000;
    return !documentation && a != 0x2002 && a >= 0x2000 && a <= 0x3fff;
  }

  private boolean isZero(int from, int to) {
    for (int g = from; g < to; g++) {
      if (groups[g] != 0) {
        return false;
      }
    }
    return true;
  }
}
