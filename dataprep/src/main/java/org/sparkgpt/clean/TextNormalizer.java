package org.sparkgpt.clean;

import java.text.Normalizer;

/**
 * Brings text into the one form that all later stages see. Idempotent. In this order:
 *
 * <ol>
 *   <li>Line ends (CR LF, CR, VT, FF, NEL, U+2028, U+2029) become {@code \n}.
 *   <li>Removed: other control characters but the tab, byte order marks, zero-width space and
 *       joiner-like format characters, soft hyphens, marks of writing direction, halves of
 *       surrogate pairs. ZWJ and ZWNJ stay: Persian, Indic scripts and emoji are spelt with them.
 *   <li>Blanks (tab and every Unicode space) at the end of a line go, a run of them between visible
 *       characters becomes one space. Blanks that begin a line are kept one for one, tabs as tabs,
 *       other spaces as plain ones: indentation means something in code and in verse.
 *   <li>More than two line ends in a row become two; none are left at either end of the text.
 *   <li>Unicode NFC.
 * </ol>
 */
final class TextNormalizer {
  private static final int NEWLINE = 0;
  private static final int BLANK = 1;
  private static final int NOTHING = 2;
  private static final int VISIBLE = 3;

  private TextNormalizer() {}

  static String normalize(String text) {
    StringBuilder out = new StringBuilder(text.length());
    StringBuilder indentation = new StringBuilder();
    int newlines = 0; // since the last visible character
    boolean gap = false; // blanks since the last visible character of this line
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (kindOf(c, text, i)) {
        case NEWLINE -> {
          newlines++;
          gap = false;
          indentation.setLength(0);
        }
        case BLANK -> {
          if (newlines > 0) {
            indentation.append(c == '\t' ? '\t' : ' ');
          } else {
            gap = true;
          }
        }
        case VISIBLE -> {
          if (!out.isEmpty()) {
            separate(out, newlines, indentation, gap);
          }
          out.append(c);
          newlines = 0;
          gap = false;
          indentation.setLength(0);
        }
        default -> {} // NOTHING
      }
    }
    return compose(out.toString());
  }

  private static void separate(
      StringBuilder out, int newlines, StringBuilder indentation, boolean gap) {
    if (newlines > 0) {
      out.append(newlines > 1 ? "\n\n" : "\n").append(indentation);
    } else if (gap) {
      out.append(' ');
    }
  }

  private static int kindOf(char c, String text, int i) {
    if (c > ' ' && c < 0x7f) {
      return VISIBLE;
    }
    return switch (c) {
      case '\n', '\u000b', '\f', '\u0085', '\u2028', '\u2029' -> NEWLINE;
      case '\r' -> i + 1 < text.length() && text.charAt(i + 1) == '\n' ? NOTHING : NEWLINE;
      case ' ', '\t' -> BLANK;
      default -> kindOfOther(c, text, i);
    };
  }

  private static int kindOfOther(char c, String text, int i) {
    if (Character.isISOControl(c) || isInvisible(c)) {
      return NOTHING;
    }
    if (Character.isHighSurrogate(c)) {
      boolean paired = i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
      return paired ? VISIBLE : NOTHING;
    }
    if (Character.isLowSurrogate(c)) {
      boolean paired = i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
      return paired ? VISIBLE : NOTHING;
    }
    return Character.getType(c) == Character.SPACE_SEPARATOR ? BLANK : VISIBLE;
  }

  private static boolean isInvisible(char c) {
    return c == 0x00ad // soft hyphen
        || c == 0x200b // zero-width space
        || c == 0x200e
        || c == 0x200f // left-to-right and right-to-left mark
        || (c >= 0x202a && c <= 0x202e) // embeddings and overrides of direction
        || (c >= 0x2060 && c <= 0x2064) // word joiner, invisible operators
        || (c >= 0x2066 && c <= 0x2069) // isolates of direction
        || c == 0xfeff // byte order mark
        || (c >= 0xfff9 && c <= 0xfffb); // interlinear annotation
  }

  /** NFC comes last: what was removed may have stood between a letter and its accent. */
  private static String compose(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x300) { // below the first combining mark everything is NFC
        return Normalizer.normalize(text, Normalizer.Form.NFC);
      }
    }
    return text;
  }
}
