package org.sparkgpt.dedup;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import org.sparkgpt.corpus.Hash64;

/**
 * The word shingles of a text, as 32-bit hashes. Holds scratch memory: one per thread.
 *
 * <p>The text is put in lower case and, if it is not ASCII, in NFD; non-spacing marks (accents) are
 * left out. A word is a run of letters, digits and other marks; a number, with points or commas
 * between its digits, reads as {@code 0}; an ideograph is a word of its own, since scripts that
 * have them write no blanks; everything else separates words.
 *
 * <p>Of n distinct shingles about n / 2^32 collide with one of another text: no error in a
 * similarity that could be seen.
 */
public final class Shingles {
  private static final int LETTER = 0;
  private static final int DIGIT = 1;
  private static final int IDEOGRAPH = 2;
  private static final int ACCENT = 3;
  private static final int SEPARATOR = 4;

  private final long[] lastWords; // a ring: word w of the text at w % length
  private int words;
  private int[] hashes = new int[1024];
  private int count;

  /**
   * @param shingleWords words in a shingle
   */
  public Shingles(int shingleWords) {
    lastWords = new long[shingleWords];
  }

  /** Reads a text; {@link #count} and {@link #hash} then speak of it. */
  public void read(String text) {
    words = 0;
    count = 0;
    String simple = simplify(text);
    long word = Hash64.START;
    boolean inWord = false;
    int i = 0;
    while (i < simple.length()) {
      int c = simple.codePointAt(i);
      int kind = kindOf(c);
      if (inWord && kind >= IDEOGRAPH && kind != ACCENT) {
        addWord(Hash64.mix(word));
        word = Hash64.START;
        inWord = false;
      }
      if (kind == IDEOGRAPH) {
        addWord(Hash64.mix(c));
      } else if (kind == DIGIT) {
        word = Hash64.append(word, '0');
        inWord = true;
        i = endOfNumber(simple, i);
        continue;
      } else if (kind == LETTER) {
        word = appendCodePoint(word, c);
        inWord = true;
      }
      i += Character.charCount(c);
    }
    if (inWord) {
      addWord(Hash64.mix(word));
    }
  }

  /** Shingles of the text, equal ones counted each; 0 if it is shorter than one shingle. */
  public int count() {
    return count;
  }

  /** Shingle {@code i} of the text, in the text's order. */
  public int hash(int i) {
    return hashes[i];
  }

  /** The set of shingles, in ascending order. */
  int[] distinct() {
    int[] sorted = Arrays.copyOf(hashes, count);
    Arrays.sort(sorted);
    int size = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[size++] = sorted[i];
      }
    }
    return Arrays.copyOf(sorted, size);
  }

  private void addWord(long word) {
    int n = lastWords.length;
    lastWords[words % n] = word;
    words++;
    if (words >= n) {
      long hash = 0;
      for (int w = words - n; w < words; w++) {
        hash = Hash64.append(hash, lastWords[w % n]);
      }
      if (count == hashes.length) {
        hashes = Arrays.copyOf(hashes, 2 * count);
      }
      hashes[count++] = (int) (hash >>> 32);
    }
  }

  private static String simplify(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    for (int i = 0; i < lower.length(); i++) {
      if (lower.charAt(i) >= 0x80) {
        return Normalizer.normalize(lower, Normalizer.Form.NFD);
      }
    }
    return lower;
  }

  private static int endOfNumber(String text, int start) {
    int i = start;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      boolean separator = (c == '.' || c == ',') && i + 1 < text.length();
      if (!isDigit(c) && !(separator && isDigit(text.codePointAt(i + 1)))) {
        break;
      }
      i += Character.charCount(c);
    }
    return i;
  }

  private static boolean isDigit(int c) {
    return c < 0x80 ? c >= '0' && c <= '9' : Character.isDigit(c);
  }

  private static int kindOf(int c) {
    if (c < 0x80) {
      if (c >= 'a' && c <= 'z') {
        return LETTER;
      }
      return c >= '0' && c <= '9' ? DIGIT : SEPARATOR;
    }
    if (Character.isIdeographic(c)) {
      return IDEOGRAPH;
    }
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK -> ACCENT;
      case Character.DECIMAL_DIGIT_NUMBER -> DIGIT;
      case Character.UPPERCASE_LETTER,
              Character.LOWERCASE_LETTER,
              Character.TITLECASE_LETTER,
              Character.MODIFIER_LETTER,
              Character.OTHER_LETTER,
              Character.LETTER_NUMBER,
              Character.OTHER_NUMBER,
              Character.COMBINING_SPACING_MARK ->
          LETTER;
      default -> SEPARATOR;
    };
  }

  private static long appendCodePoint(long word, int c) {
    if (Character.isBmpCodePoint(c)) {
      return Hash64.append(word, (char) c);
    }
    return Hash64.append(
        Hash64.append(word, Character.highSurrogate(c)), Character.lowSurrogate(c));
  }
}
