package org.sparkgpt.clean;

import java.nio.charset.Charset;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Repairs what was done to text by reading it wrongly before it came here, as ftfy does; text that
 * is in order stays as it is, byte for byte. Idempotent. In this order, and again until nothing
 * changes:
 *
 * <ol>
 *   <li>{@code control-characters}: terminals' escape sequences, C0 controls but white space, and
 *       byte order marks go.
 *   <li>{@code html-entities}: {@link StrayEntities}, unless the text has a {@code <}, for then it
 *       may be HTML that somebody shows.
 *   <li>{@code mojibake}: {@link Mojibake}, with the charset in which UTF-8 was read.
 *   <li>{@code c1-controls} become the punctuation that windows-1252 has in their place. U+0085 is
 *       a line end in texts that have no other.
 *   <li>{@code ligatures}: ﬀ, ﬁ, ﬂ, ﬃ, ﬄ, ﬅ and ﬆ become letters.
 *   <li>{@code character-width}: halfwidth Katakana and Hangul become ordinary ones; fullwidth
 *       forms become ASCII in texts that have such letters and no East Asian ones.
 * </ol>
 *
 * <p>Unlike ftfy it leaves typographic quotation marks alone, and fullwidth punctuation in Chinese
 * and Japanese, where it is the ordinary one. Halves of surrogate pairs are removed by {@link
 * TextNormalizer}.
 */
final class TextRepair {
  /**
   * @param fixes what was done, by the names above; empty if nothing was
   */
  record Repaired(String text, List<String> fixes) {}

  private static final int MAX_ROUNDS = 16; // text that needs more was made to
  private static final char MARK = '\ufeff';
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  /** CSI and OSC sequences, and those of two characters (ECMA-48). */
  private static final Pattern ESCAPES =
      Pattern.compile(
          "\u001b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\u0007\u001b\n]{0,256}(?:\u0007|\u001b\\\\)|[@-Z\\\\^_])");

  private static final String[] LIGATURES = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
  private static final Pattern HALFWIDTH = Pattern.compile("[\uff61-\uffdc]+");

  private enum Trait {
    CONTROL,
    AMPERSAND,
    C1,
    LIGATURE,
    WIDTH
  }

  private TextRepair() {}

  static Repaired repair(String text) {
    Set<String> fixes = new LinkedHashSet<>();
    String repaired = text;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      String next = once(repaired, fixes);
      if (next.equals(repaired)) {
        break;
      }
      repaired = next;
    }
    return new Repaired(repaired, List.copyOf(fixes));
  }

  private static String once(String text, Set<String> fixes) {
    int readings = 0;
    EnumSet<Trait> traits = EnumSet.noneOf(Trait.class);
    char before = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        readings |= Misreading.readings(before, c);
        note(c, traits);
      } else if (c < ' ' || c == '&' || c == 0x7f) {
        note(c, traits);
      }
      before = c;
    }
    return readings == 0 && traits.isEmpty() ? text : repaired(text, traits, fixes);
  }

  private static void note(char c, Set<Trait> traits) {
    if (c == '&') {
      traits.add(Trait.AMPERSAND);
    } else if (isStrayControl(c)) {
      traits.add(Trait.CONTROL);
    } else if (c >= 0x80 && c < 0xa0) {
      traits.add(Trait.C1);
    } else if (c >= '\ufb00' && c <= '\ufb06') {
      traits.add(Trait.LIGATURE);
    } else if (c >= '\uff21' && c <= '\uffdc') {
      traits.add(Trait.WIDTH);
    }
  }

  private static String repaired(String text, Set<Trait> traits, Set<String> fixes) {
    String out = text;
    if (traits.contains(Trait.CONTROL)) {
      out = noted("control-characters", out, withoutControls(out), fixes);
    }
    if (traits.contains(Trait.AMPERSAND) && text.indexOf('<') < 0) {
      out = noted("html-entities", out, StrayEntities.resolve(out), fixes);
    }
    Set<Misreading> readings = EnumSet.noneOf(Misreading.class);
    out = Mojibake.repair(out, readings);
    readings.forEach(reading -> fixes.add("mojibake: UTF-8 read as " + reading));
    if (traits.contains(Trait.C1)) {
      out = noted("c1-controls", out, withPunctuation(out), fixes);
    }
    if (traits.contains(Trait.LIGATURE)) {
      out = noted("ligatures", out, withoutLigatures(out), fixes);
    }
    if (traits.contains(Trait.WIDTH)) {
      out = noted("character-width", out, withOrdinaryWidth(out), fixes);
    }
    return out;
  }

  private static String noted(String fix, String before, String after, Set<String> fixes) {
    if (!after.equals(before)) {
      fixes.add(fix);
    }
    return after;
  }

  private static boolean isStrayControl(char c) {
    return c == MARK || c == 0x7f || c < ' ' && (c < '\t' || c > '\r');
  }

  private static String withoutControls(String text) {
    String plain = ESCAPES.matcher(text).replaceAll("");
    StringBuilder out = new StringBuilder(plain.length());
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      if (!isStrayControl(c)) {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static String withPunctuation(String text) {
    boolean hasLines = text.indexOf('\n') >= 0;
    StringBuilder out = new StringBuilder(text);
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      if (c >= 0x80 && c < 0xa0 && (c != '\u0085' || hasLines)) {
        char meant = new String(new byte[] {(byte) c}, WINDOWS_1252).charAt(0);
        out.setCharAt(i, meant == '\ufffd' ? c : meant);
      }
    }
    return out.toString();
  }

  private static String withoutLigatures(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '\ufb00' && c <= '\ufb06') {
        out.append(LIGATURES[c - '\ufb00']);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static String withOrdinaryWidth(String text) {
    String ordinary =
        HALFWIDTH
            .matcher(text)
            .replaceAll(wide -> Normalizer.normalize(wide.group(), Normalizer.Form.NFKC));
    boolean western = ordinary.chars().noneMatch(TextRepair::isEastAsian);
    if (!western || ordinary.chars().noneMatch(TextRepair::isWideLetter)) {
      return ordinary;
    }
    StringBuilder out = new StringBuilder(ordinary);
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      if (c > '\uff00' && c < '\uff5f') {
        out.setCharAt(i, (char) (c - '\ufee0'));
      } else if (c == '\u3000') {
        out.setCharAt(i, ' ');
      }
    }
    return out.toString();
  }

  private static boolean isWideLetter(int c) {
    return c >= '\uff21' && c <= '\uff5a' && Character.isLetter(c);
  }

  private static boolean isEastAsian(int c) {
    if (!Character.isLetter(c)) {
      return false;
    }
    return switch (Character.UnicodeScript.of(c)) {
      case HAN, HIRAGANA, KATAKANA, HANGUL, BOPOMOFO -> true;
      default -> false;
    };
  }
}
