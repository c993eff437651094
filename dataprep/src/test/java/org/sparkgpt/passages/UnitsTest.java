package org.sparkgpt.passages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnitsTest {
  private static List<String> pieces(Units units) {
    List<String> pieces = new ArrayList<>();
    while (units.next()) {
      pieces.add(units.text.substring(units.start, units.end));
    }
    return pieces;
  }

  private static long hashOf(Units units) {
    assertThat(units.next()).isTrue();
    return units.hash;
  }

  private static long paragraph(String text) {
    return hashOf(new LineUnits(text, true));
  }

  private static long line(String text) {
    return hashOf(new LineUnits(text, false));
  }

  private static String cut(String text, Units units, int... removed) {
    BitSet bits = new BitSet();
    for (int unit : removed) {
      bits.set(unit);
    }
    return Cut.without(text, units, bits);
  }

  private static String cutWords(String text, int... removed) {
    return cut(text, new WordUnits(text), removed);
  }

  private static String cutLines(String text, int... removed) {
    return cut(text, new LineUnits(text, false), removed);
  }

  @Test
  void wordsStandBetweenWhiteSpaceAndIdeographsByThemselves() {
    assertThat(pieces(new WordUnits("")))
        .isEqualTo(pieces(new WordUnits(" \n\u3000\u00a0")))
        .isEmpty();
    assertThat(pieces(new WordUnits(" It's\tso,\n\nhe\u00a0said. ")))
        .containsExactly("It's", "so,", "he", "said.");
    assertThat(pieces(new WordUnits("abc中文。𠀀ひx")))
        .containsExactly("abc", "中", "文", "。", "𠀀", "ひ", "x");
    assertThat(pieces(new WordUnits("กำน้ำ"))) // marks stay with their consonants
        .containsExactly("ก", "ำ", "น้", "ำ");
    assertThat(pieces(new WordUnits("שלום עולם 😀😀"))).containsExactly("שלום", "עולם", "😀😀");
  }

  @Test
  void sentencesEndAtMarksBeforeWhiteSpaceAndAtBlankLines() {
    assertThat(pieces(new SentenceUnits("One. \"Two?\" Three 3.5 is\none (yes!) Title\n\nFour…")))
        .containsExactly("One.", "\"Two?\"", "Three 3.5 is\none (yes!)", "Title", "Four…");
    assertThat(pieces(new SentenceUnits("一。「二！」三"))).containsExactly("一。", "「二！」", "三");
    assertThat(pieces(new SentenceUnits(" \n "))).isEmpty();
    assertThat(SentenceUnits.count("A. B. C. D.", 3)).isEqualTo(3);
    assertThat(hashOf(new SentenceUnits("One  TWO.")))
        .isEqualTo(hashOf(new SentenceUnits("one\ntwo.")));
  }

  @Test
  void paragraphsAreComparedWithoutCaseDigitsAndPunctuation() {
    assertThat(paragraph("  Page 12 of 90: \u0007“Naïve” "))
        .isEqualTo(paragraph("page 00 of 00 naïve"));
    assertThat(paragraph("٣")).as("any script's digits").isEqualTo(paragraph("7"));
    assertThat(paragraph("a b")).isNotEqualTo(paragraph("ab"));
    assertThat(paragraph("𝒜")).isNotEqualTo(paragraph("𝒝"));
    Units bare = new LineUnits("— … !\nx-1", true);
    assertThat(bare.next()).isTrue();
    assertThat(bare.length).as("blanks").isEqualTo(2);
    assertThat(bare.next()).isTrue();
    assertThat(bare.length).isEqualTo(2);
  }

  @Test
  void linesAreComparedWithoutCaseAndWhiteSpaceAtTheEnds() {
    assertThat(line(" Ab, 1 ")).isEqualTo(line("ab, 1"));
    assertThat(line("ab 1")).isNotEqualTo(line("ab, 1"));
    assertThat(pieces(new LineUnits("a\n\n b \n", false))).containsExactly("a", "", "b", "");
  }

  /** Stored nowhere, but part of what a run's output is. */
  @Test
  void hashesAreThoseOfEarlierBuilds() {
    assertThat(line("one line")).isEqualTo(-6421078330835138707L);
    Windows windows = new Windows(new WordUnits("a b c d"), 3);
    assertThat(windows.next()).isTrue();
    assertThat(windows.hash()).isEqualTo(-3105131433818006718L);
  }

  @Test
  void whatIsLeftIsJoinedByTheGreaterGap() {
    assertThat(cutWords("a b c", 1)).isEqualTo("a c");
    assertThat(cutWords("a b\nc", 1)).isEqualTo("a\nc");
    assertThat(cutWords("a\n\nb c", 1)).isEqualTo("a\n\nc");
    assertThat(cutWords("a\t \u00a0b c", 1)).isEqualTo("a c");
    assertThat(cutWords(" a b c ", 0)).isEqualTo("b c ");
    assertThat(cutWords(" a b c ", 2)).isEqualTo(" a b");
    assertThat(cutWords("a b c", 0, 1, 2)).isEmpty();
    assertThat(cutWords("a b c d e", 1, 3)).isEqualTo("a c e");
    assertThat(cutLines("a\nb\nc", 1)).isEqualTo("a\nc");
    assertThat(cutLines("a\n\nb\n\nc\n\nd", 2, 4)).as("no double gap").isEqualTo("a\n\nd");
    assertThat(cutLines("a\n\nb", 2)).isEqualTo("a");
  }

  @Test
  void textWithoutBlanksIsPartedWhereItWasCut() {
    assertThat(cutWords("中文字", 1)).isEqualTo("中\n字");
    assertThat(cutWords("😀𠀀😀", 1)).as("whole code points").isEqualTo("😀\n😀");
  }
}
