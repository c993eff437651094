package org.sparkgpt.decontaminate;

import java.text.Normalizer;
import org.sparkgpt.corpus.Hash64;

/**
 * The words of a text one after the other, each with its place and a hash of what it says. Holds no
 * copy of the text; one pass, linear.
 *
 * <p>A word is a run of letters, numbers and marks; an ideograph is a word of its own, since
 * scripts that have them write no blanks. Everything else separates words, apostrophes and hyphens
 * too: {@code don't} is {@code don t}. GPT-3's words lie between white space, with punctuation
 * deleted ({@code dont}); here the form does not matter in which tokenised sets such as WikiText
 * write {@code 's} and {@code @-@}.
 *
 * <p>Two words are equal if they differ only in case and accents: letters are compared in lower
 * case (of their upper case, so that {@code ς} is {@code σ}) and without what NFD splits off, and
 * non-spacing marks and format characters but the zero-width space count for nothing. So the
 * Unicode form of a text does not matter either.
 */
final class Words {
  private static final char SEPARATOR = 0;
  private static final char NOTHING = 1;
  private static final char ZERO_WIDTH_SPACE = '\u200b';
  private static final int FIRST_IDEOGRAPH = 0x2e80; // nothing below is one, or a surrogate

  /** What each character of the BMP is compared as. */
  private static final char[] FOLDED = new char[1 << 16];

  static {
    for (int c = 0; c < FOLDED.length; c++) {
      FOLDED[c] = isOfWord(c) ? baseLetter((char) c) : isIgnored(c) ? NOTHING : SEPARATOR;
    }
  }

  private String text;
  private int position;
  private int start;
  private int end;
  private long hash;

  void read(String text) {
    this.text = text;
    position = 0;
  }

  /** Moves to the next word, false at the end. */
  boolean next() {
    boolean inWord = false;
    long units = Hash64.START;
    int i = position;
    while (i < text.length()) {
      int c = text.charAt(i);
      int folded;
      if (c < FIRST_IDEOGRAPH) {
        folded = FOLDED[c];
      } else {
        c = text.codePointAt(i);
        folded = fold(c);
        if (folded > NOTHING && Character.isIdeographic(c)) {
          if (!inWord) {
            start = i;
            end = i + Character.charCount(c);
            hash = Hash64.mix(append(units, folded));
            position = end;
            return true;
          }
          break;
        }
      }
      if (folded == SEPARATOR && inWord) {
        break;
      }
      if (folded > NOTHING) {
        start = inWord ? start : i;
        inWord = true;
        units = append(units, folded);
      }
      i += Character.charCount(c);
      end = folded == SEPARATOR ? end : i;
    }
    position = i;
    hash = Hash64.mix(units);
    return inWord;
  }

  /** UTF-16 offset of the word's first character. */
  int start() {
    return start;
  }

  /** UTF-16 offset behind the word's last character. */
  int end() {
    return end;
  }

  /** Equal words have equal hashes; others do with a probability of 2^-64. */
  long hash() {
    return hash;
  }

  private static long append(long hash, int c) {
    if (Character.isBmpCodePoint(c)) {
      return Hash64.append(hash, (char) c);
    }
    return Hash64.append(
        Hash64.append(hash, Character.highSurrogate(c)), Character.lowSurrogate(c));
  }

  private static int fold(int c) {
    if (Character.isBmpCodePoint(c)) {
      return FOLDED[c];
    }
    return isOfWord(c) ? lowerCase(c) : isIgnored(c) ? NOTHING : SEPARATOR;
  }

  private static int lowerCase(int c) {
    return Character.toLowerCase(Character.toUpperCase(c));
  }

  private static char baseLetter(char c) {
    String apart = Normalizer.normalize(String.valueOf(c), Normalizer.Form.NFD);
    boolean accented = apart.chars().skip(1).allMatch(Words::isIgnored);
    boolean other = !accented || Character.isSurrogate(apart.charAt(0));
    return (char) lowerCase(other ? c : apart.charAt(0));
  }

  private static boolean isOfWord(int c) {
    return switch (Character.getType(c)) {
      case Character.UPPERCASE_LETTER,
              Character.LOWERCASE_LETTER,
              Character.TITLECASE_LETTER,
              Character.MODIFIER_LETTER,
              Character.OTHER_LETTER,
              Character.COMBINING_SPACING_MARK,
              Character.DECIMAL_DIGIT_NUMBER,
              Character.LETTER_NUMBER,
              Character.OTHER_NUMBER ->
          true;
      default -> false;
    };
  }

  private static boolean isIgnored(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT && c != ZERO_WIDTH_SPACE;
  }
}
