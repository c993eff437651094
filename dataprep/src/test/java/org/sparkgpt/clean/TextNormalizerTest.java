package org.sparkgpt.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TextNormalizerTest {
  @Test
  void lineEndsBecomeNewlines() {
    assertNormal("a\r\nb\rc\u000bd\fe\u0085f\u2028g", "a\nb\nc\nd\ne\nf\ng");
    assertNormal("a\r\n\r\nb", "a\n\nb");
  }

  @Test
  void atMostOneEmptyLineIsLeftAndNoneAtTheEnds() {
    assertNormal("\n\n a\n \t\n\u3000\n\nb\n\n\n", "a\n\nb");
    assertNormal(" \t\n\u00a0\r\n", "");
  }

  @Test
  void blanksInsideALineBecomeOneAndTrailingOnesGo() {
    assertNormal("a \t b\u00a0\u00a0c  \nd\t", "a b c\nd");
  }

  @Test
  void indentationIsKept() {
    assertNormal("if (a)\n\t  b;\n\u2003c", "if (a)\n\t  b;\n c");
  }

  @Test
  void controlAndInvisibleCharactersGo() {
    assertNormal("\ufeffa\u0000b\u001bc\u200bd\u00ade\u202Ef\u2060g\u009f", "abcdefg");
    assertNormal("a \u200b b", "a b");
  }

  @Test
  void joinersStayBecauseWordsAreSpeltWithThem() {
    String persian = "می\u200cخواهم";
    String family = "\uD83D\uDC68\u200D\uD83D\uDC69";
    assertNormal(persian, persian);
    assertNormal(family, family);
  }

  @Test
  void lettersAreComposed() {
    assertNormal("Cafe\u0301 A\u030a \u212b", "Café Å Å");
    assertNormal("e\u200b\u0301", "é"); // what stood between them is gone first
  }

  @Test
  void halvesOfSurrogatePairsGo() {
    assertNormal("a\uD83Db\uDE00c\uD83D\uDE00d\uD83D", "abc\uD83D\uDE00d");
  }

  @Test
  void normalizingTwiceChangesNothing() {
    String alphabet =
        "ab \t\n\r\u000b\u0085\u00a0\u2001\u2029\u200b\u200d\ufeff\u0301\u0323e\u212b\u1100\u1161"
            + "\u0000\u007f\u3000\uD83D\uDE00\uD800\u0344\u0958\u2126\uFB1D";
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String once = TextNormalizer.normalize(text.toString());
      assertThat(TextNormalizer.normalize(once)).isEqualTo(once);
    }
  }

  private static void assertNormal(String text, String expected) {
    assertThat(TextNormalizer.normalize(text)).isEqualTo(expected);
  }
}
