package org.sparkgpt.clean;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sparkgpt.corpus.Alphabets;

/**
 * Text whose UTF-8 was read in another charset, once or several times over, in part or as a whole.
 *
 * <p>Under a {@link Misreading} a stretch of characters can be turned back into bytes; if they are
 * UTF-8 they have a second reading. It is taken where it makes the text more natural by {@link
 * #EVIDENCE}, as {@link Neighbours} judges. Where that has happened, lesser evidence is enough: for
 * what is more natural at all, and for every line all of whose characters beyond ASCII have a
 * second reading. All is done again until nothing changes: each repair makes the text shorter.
 */
final class Mojibake {
  /** Each misreading doubles the length of what it hits: no text is long enough for more. */
  private static final int MAX_ROUNDS = 32;

  /** What two letters cost that natural text does not have beside each other. */
  private static final int EVIDENCE = 2;

  private static final char REPLACEMENT = '\ufffd';

  /** {@code text[start, end)}, what it was before it was misread, and how much that gains. */
  private record Run(int start, int end, String repaired, int gain) {}

  private final String text;
  private final Misreading reading;
  private final List<Run> runs = new ArrayList<>();
  private long strength; // gain of the runs that are evidence by themselves
  private final Alphabets alphabets = new Alphabets(); // of what the runs mean
  private long unexplained; // characters beyond ASCII outside the runs

  private Mojibake(String text, Misreading reading) {
    this.text = text;
    this.reading = reading;
    findRuns();
  }

  /**
   * The text as it was before it was misread; {@code text} itself if it was not.
   *
   * @param found to which the charsets are added that it was misread in
   */
  static String repair(String text, Set<Misreading> found) {
    String repaired = text;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Mojibake best = null;
      int readings = readings(repaired);
      for (Misreading reading : Misreading.values()) {
        if (reading.isIn(readings)) {
          Mojibake tried = new Mojibake(repaired, reading);
          best = tried.isBetterThan(best) ? tried : best;
        }
      }
      if (best == null) {
        return repaired;
      }
      found.add(best.reading);
      repaired = best.repaired();
    }
    return repaired;
  }

  /** The charsets that the text can have been misread in, as bits: none for most text. */
  static int readings(String text) {
    int readings = 0;
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        readings |= Misreading.readings(text.charAt(i - 1), c);
      }
    }
    return readings;
  }

  /**
   * The charset that explains all there is beats one that turns part of it into something; of two
   * that explain the same, as windows-1250 and ISO 8859-2 may, that whose letters make an alphabet.
   */
  private boolean isBetterThan(Mojibake other) {
    if (strength == 0 || other == null) {
      return strength > 0;
    }
    long score = strength - EVIDENCE * unexplained;
    long toBeat = other.strength - EVIDENCE * other.unexplained;
    return score > toBeat || score == toBeat && alphabets.strangers() < other.alphabets.strangers();
  }

  private void findRuns() {
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      boolean last = i + 1 == text.length();
      if (c < 0x80 || last || !reading.isIn(Misreading.readings(c, text.charAt(i + 1)))) {
        unexplained += c < 0x80 ? 0 : 1;
        i++;
        continue;
      }
      StringBuilder repaired = new StringBuilder();
      int end = i;
      for (int n = decode(end, repaired); n > 0; n = decode(end, repaired)) {
        end += n;
      }
      if (end > i) {
        addRun(i, end, repaired.toString());
        i = end;
      } else {
        unexplained++;
        i++;
      }
    }
  }

  private void addRun(int start, int end, String repaired) {
    String before = text.substring(Math.max(0, start - 1), start);
    String after = end < text.length() ? text.substring(end, end + 1) : "";
    int now = Neighbours.cost(text, start, end);
    String then = before + repaired + after;
    int gain = now - Neighbours.cost(then, before.length(), before.length() + repaired.length());
    runs.add(new Run(start, end, repaired, gain));
    strength += isStrong(gain) ? gain : 0;
    alphabets.add(repaired);
  }

  private boolean isStrong(int gain) {
    return gain >= EVIDENCE;
  }

  /** Appends the character that was misread at {@code i}; returns by how many it is, 0 if none. */
  private int decode(int i, StringBuilder repaired) {
    int first = i < text.length() ? reading.byteOf(text.charAt(i)) : -1;
    int length = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length == 0 || i + length > text.length()) {
      return 0;
    }
    int point = first & (0x7f >> length);
    boolean lost = false;
    for (int k = 1; k < length; k++) {
      char c = text.charAt(i + k);
      int b = reading.byteOf(c);
      if (c == REPLACEMENT && reading == Misreading.WINDOWS_1252) {
        lost = true;
        b = 0x9d;
      }
      if (b < 0x80 || b > 0xbf) {
        return 0;
      }
      point = point << 6 | b & 0x3f;
    }
    return append(point, length, i, lost, repaired);
  }

  private int append(int point, int length, int i, boolean lost, StringBuilder repaired) {
    if (lost) { // of the five bytes it can have been only one is common, in a quotation mark
      repaired.append(point == '\u201d' ? '\u201d' : REPLACEMENT);
      return length;
    }
    boolean overlong = point < (length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000);
    if (overlong || point > Character.MAX_CODE_POINT) {
      return 0;
    }
    if (length < 3 || point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
      repaired.appendCodePoint(point);
      return length;
    }
    // Halves of a pair, each in three bytes: CESU-8.
    boolean second = !repaired.isEmpty() && isOpenHalf(repaired);
    if (Character.isLowSurrogate((char) point) && second) {
      repaired.append((char) point);
      return length;
    }
    if (Character.isHighSurrogate((char) point) && !second) {
      repaired.append((char) point);
      if (decode(i + length, repaired) == length
          && Character.isLowSurrogate(repaired.charAt(repaired.length() - 1))) {
        return 2 * length;
      }
      repaired.setLength(repaired.lastIndexOf(String.valueOf((char) point)));
    }
    return 0;
  }

  private static boolean isOpenHalf(StringBuilder text) {
    return Character.isHighSurrogate(text.charAt(text.length() - 1));
  }

  /** The text with what has enough evidence repaired, line by line. */
  private String repaired() {
    StringBuilder out = new StringBuilder(text.length());
    int next = 0;
    for (int from = 0; from < text.length(); ) {
      int newline = text.indexOf('\n', from);
      int to = newline < 0 ? text.length() : newline + 1;
      int after = next;
      while (after < runs.size() && runs.get(after).start() < to) {
        after++;
      }
      if (after == next) {
        out.append(text, from, to);
      } else {
        repairLine(from, to, runs.subList(next, after), out);
      }
      next = after;
      from = to;
    }
    return out.toString();
  }

  private void repairLine(int from, int to, List<Run> within, StringBuilder out) {
    int gain = within.stream().mapToInt(Run::gain).sum();
    boolean all = gain >= 0 && isAll(from, to, within);
    boolean strong = within.stream().anyMatch(run -> isStrong(run.gain()));
    int at = from;
    for (Run run : within) {
      appendAsIs(at, run.start(), strong, out);
      if (all || run.gain() > 0) {
        out.append(run.repaired());
      } else {
        out.append(text, run.start(), run.end());
      }
      at = run.end();
    }
    appendAsIs(at, to, strong, out);
  }

  /**
   * @param lossy whether the no-break space that was the second byte of a letter may have become a
   *     plain one since
   */
  private void appendAsIs(int from, int to, boolean lossy, StringBuilder out) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!lossy || !isCutByBlank(i)) {
        out.append(c);
      } else if (reading.byteOf(c) == 0xc2) {
        out.append('\u00a0');
        i++;
      } else {
        out.append('à');
        i += i + 2 < text.length() && text.charAt(i + 2) == ' ' ? 1 : 0;
      }
    }
  }

  /** C3 or C2 with a blank after it where A0 is meant. */
  private boolean isCutByBlank(int i) {
    char c = text.charAt(i);
    if (c < 0x80 || i + 1 >= text.length() || text.charAt(i + 1) != ' ') {
      return false;
    }
    char before = i == 0 ? ' ' : text.charAt(i - 1);
    int b = reading.byteOf(c);
    return b == 0xc2 && c == 'Â' && !Character.isUpperCase(before)
        || b == 0xc3 && c == 'Ã' && (before == ' ' || Character.isLowerCase(before));
  }

  /** Whether nothing beyond ASCII lies between the runs. */
  private boolean isAll(int from, int to, List<Run> within) {
    int at = from;
    for (Run run : within) {
      if (!isAscii(at, run.start())) {
        return false;
      }
      at = run.end();
    }
    return isAscii(at, to);
  }

  private boolean isAscii(int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) >= 0x80 && !isCutByBlank(i)) {
        return false;
      }
    }
    return true;
  }
}
