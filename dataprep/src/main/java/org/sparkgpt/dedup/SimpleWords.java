package org.sparkgpt.dedup;

import java.util.Locale;
import java.util.function.LongConsumer;
import org.sparkgpt.corpus.Hash64;

/**
 * The words of a text but for their looks: in lower case and, if the text is not ASCII, in NFD;
 * non-spacing marks (accents) are left out. A word is a run of letters, digits and other marks; a
 * number, with points or commas between its digits, reads as {@code 0}; an ideograph is a word of
 * its own, since scripts that have them write no blanks; everything else separates words.
 */
final class SimpleWords {
  private static final int LETTER = 0;
  private static final int DIGIT = 1;
  private static final int IDEOGRAPH = 2;
  private static final int ACCENT = 3;
  private static final int SEPARATOR = 4;

  private SimpleWords() {}

  static void split(String text, LongConsumer words) {
    // An array: characters of a string that is not Latin-1 cost twice as much.
    char[] simple = Decomposition.of(text.toLowerCase(Locale.ROOT)).toCharArray();
    long word = Hash64.START;
    boolean inWord = false;
    int i = 0;
    while (i < simple.length) {
      int c = simple[i] < 0x80 ? simple[i] : Character.codePointAt(simple, i);
      int kind = kindOf(c);
      if (kind == LETTER) {
        word = append(word, c);
        inWord = true;
      } else if (kind == DIGIT) {
        word = Hash64.append(word, '0');
        inWord = true;
        i = endOfNumber(simple, i);
        continue;
      } else if (kind != ACCENT) {
        if (inWord) {
          words.accept(Hash64.mix(word));
          word = Hash64.START;
          inWord = false;
        }
        if (kind == IDEOGRAPH) {
          words.accept(Hash64.mix(c));
        }
      }
      i += Character.charCount(c);
    }
    if (inWord) {
      words.accept(Hash64.mix(word));
    }
  }

  private static int endOfNumber(char[] text, int start) {
    int i = start;
    while (i < text.length) {
      int c = Character.codePointAt(text, i);
      boolean separator = (c == '.' || c == ',') && i + 1 < text.length;
      if (!isDigit(c) && !(separator && isDigit(Character.codePointAt(text, i + 1)))) {
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

  static long append(long word, int c) {
    if (Character.isBmpCodePoint(c)) {
      return Hash64.append(word, (char) c);
    }
    return Hash64.append(
        Hash64.append(word, Character.highSurrogate(c)), Character.lowSurrogate(c));
  }
}
