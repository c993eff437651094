package org.sparkgpt.passages;

import java.lang.Character.UnicodeScript;
import org.sparkgpt.corpus.Hash64;

/**
 * The words of a text: what stands between white space, punctuation and all, compared as it is.
 *
 * <p>Characters of scripts that write no blanks between words (Chinese and Japanese characters,
 * Thai, Lao, Khmer, Burmese) are words of their own, each with the combining marks behind it.
 */
final class WordUnits extends Units {
  private static final int FIRST_ALONE = 0x0e00; // Thai

  private int at;

  WordUnits(String text) {
    super(text);
  }

  @Override
  boolean next() {
    int i = skipWhite(text, at, text.length());
    if (i == text.length()) {
      return false;
    }
    start = i;
    length = 0;
    long running = Hash64.START;
    int c = text.codePointAt(i);
    boolean alone = standsAlone(c);
    do {
      running = append(running, c);
      length++;
      i += Character.charCount(c);
      if (i == text.length()) {
        break;
      }
      c = text.codePointAt(i);
    } while (alone ? isMark(c) : !isWhite(c) && !standsAlone(c));
    end = i;
    at = i;
    hash = Hash64.mix(running);
    return true;
  }

  private static boolean isMark(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          true;
      default -> false;
    };
  }

  private static boolean standsAlone(int c) {
    if (c < FIRST_ALONE) {
      return false;
    }
    if (Character.isIdeographic(c)) {
      return true;
    }
    return switch (UnicodeScript.of(c)) {
      case HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
      default -> false;
    };
  }
}
