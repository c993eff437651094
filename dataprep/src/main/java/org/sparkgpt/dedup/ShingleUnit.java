package org.sparkgpt.dedup;

import java.util.Locale;
import java.util.function.LongConsumer;
import org.sparkgpt.corpus.Hash64;

/**
 * What shingles are made of. Each splits a text in its own way and passes on a 64-bit hash of every
 * piece; the same piece has the same hash in every text. All take lower case.
 */
public enum ShingleUnit {
  /** Words of a simplified text, as {@link SimpleWords} has them. */
  SIMPLE_WORD {
    @Override
    void split(String text, LongConsumer pieces) {
      SimpleWords.split(text, pieces);
    }
  },

  /**
   * What lies between characters that are neither letter, number nor underscore (Python's {@code
   * \\W}), empty pieces included.
   */
  TOKEN {
    @Override
    void split(String text, LongConsumer pieces) {
      String lower = text.toLowerCase(Locale.ROOT);
      long token = Hash64.START;
      int c;
      for (int i = 0; i < lower.length(); i += Character.charCount(c)) {
        c = lower.codePointAt(i);
        if (isWordCharacter(c)) {
          token = SimpleWords.append(token, c);
        } else {
          pieces.accept(Hash64.mix(token));
          token = Hash64.START;
        }
      }
      pieces.accept(Hash64.mix(token));
    }

    private static boolean isWordCharacter(int c) {
      if (c < 0x80) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_';
      }
      return switch (Character.getType(c)) {
        case Character.LOWERCASE_LETTER,
                Character.UPPERCASE_LETTER,
                Character.TITLECASE_LETTER,
                Character.MODIFIER_LETTER,
                Character.OTHER_LETTER,
                Character.DECIMAL_DIGIT_NUMBER,
                Character.LETTER_NUMBER,
                Character.OTHER_NUMBER ->
            true;
        default -> false;
      };
    }
  },

  /** Unicode characters, every one of them. */
  CHARACTER {
    @Override
    void split(String text, LongConsumer pieces) {
      text.toLowerCase(Locale.ROOT).codePoints().forEach(c -> pieces.accept(Hash64.mix(c)));
    }
  },

  /** What lies between white space, without ASCII punctuation, in NFD with its accents. */
  PLAIN_WORD {
    @Override
    void split(String text, LongConsumer pieces) {
      String plain = Decomposition.of(text.toLowerCase(Locale.ROOT));
      long word = Hash64.START;
      boolean inWord = false;
      for (int i = 0; i <= plain.length(); i++) {
        char c = i < plain.length() ? plain.charAt(i) : ' ';
        if (Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085') {
          if (inWord) {
            pieces.accept(Hash64.mix(word));
          }
          word = Hash64.START;
          inWord = false;
        } else if (!isAsciiPunctuation(c)) {
          word = Hash64.append(word, c);
          inWord = true;
        }
      }
    }

    private static boolean isAsciiPunctuation(char c) {
      return c > ' ' && c < 0x7f && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9');
    }
  };

  abstract void split(String text, LongConsumer pieces);
}
