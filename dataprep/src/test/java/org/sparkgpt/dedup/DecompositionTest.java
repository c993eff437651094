package org.sparkgpt.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DecompositionTest {
  @Test
  void everyCharacterBecomesItsCanonicalDecomposition() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String text = "a" + Character.toString(c) + "b";
      if (!Decomposition.of(text).equals(nfd(text))) {
        assertThat(Decomposition.of(text)).as("U+%04X", c).isEqualTo(nfd(text));
      }
    }
  }

  @Test
  void marksComeInTheirOrderWhateverStandsBeforeThem() {
    List<String> pieces =
        List.of(
            "a",
            " ",
            "é",
            "\u0301",
            "\u0323",
            "\u0308",
            "ệ",
            "“",
            "©",
            "각",
            "\uFB2C",
            "Å",
            "\uD834\uDD5E",
            "\uD834\uDD65",
            "क़",
            "\u093c",
            "\uD842");
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int p = random.nextInt(9); p >= 0; p--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      assertThat(Decomposition.of(text.toString())).isEqualTo(nfd(text.toString()));
    }
  }

  private static String nfd(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFD);
  }
}
