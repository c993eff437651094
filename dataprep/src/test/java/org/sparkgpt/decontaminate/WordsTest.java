package org.sparkgpt.decontaminate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
  private record Word(String text, long hash) {}

  private static List<Word> read(String text) {
    Words words = new Words();
    words.read(text);
    List<Word> found = new ArrayList<>();
    while (words.next()) {
      found.add(new Word(text.substring(words.start(), words.end()), words.hash()));
    }
    return found;
  }

  private static List<String> texts(String text) {
    return read(text).stream().map(Word::text).toList();
  }

  private static List<Long> hashes(String text) {
    return read(text).stream().map(Word::hash).toList();
  }

  @Test
  void wordsAreRunsOfLettersNumbersAndMarks() {
    assertThat(texts("  Hello, (world)! 3.14 a_b x² "))
        .containsExactly("Hello", "world", "3", "14", "a", "b", "x²");
    assertThat(texts("don't—well-known @-@")).containsExactly("don", "t", "well", "known");
    assertThat(texts("")).isEmpty();
    assertThat(texts("... !?\n")).isEmpty();
    assertThat(texts("end")).containsExactly("end");
  }

  @Test
  void ideographsAreWordsAndOtherScriptsAreNot() {
    assertThat(texts("我爱NLP和𠀀吗")).containsExactly("我", "爱", "NLP", "和", "𠀀", "吗");
    assertThat(texts("שלום עולם, مرحبا")).containsExactly("שלום", "עולם", "مرحبا");
    assertThat(texts("한국어 문장")).containsExactly("한국어", "문장");
  }

  @Test
  void nonBmpCharactersKeepOffsetsInUtf16Units() {
    assertThat(texts("😀one😀 𝒳y 😀")).containsExactly("one", "𝒳y");
    assertThat(texts("a\ud83d b\ude00c")).as("halves of pairs").containsExactly("a", "b", "c");
  }

  @Test
  void caseAccentsAndUnicodeFormDoNotMatter() {
    assertThat(hashes("ÉCOLE")).isEqualTo(hashes("e\u0301cole")).isEqualTo(hashes("école"));
    assertThat(hashes("ΟΔΟΣ")).isEqualTo(hashes("οδος")).isEqualTo(hashes("οδοσ"));
    assertThat(hashes("co\u00adop\u200dx")).isEqualTo(hashes("coopx"));
    assertThat(hashes("zero\u200bspace")).isEqualTo(hashes("zero space"));
    assertThat(hashes("𐐀")).as("Deseret capital").isEqualTo(hashes("𐐨"));
    assertThat(hashes("\uf900")).as("compatibility ideograph").isEqualTo(hashes("豈"));
    assertThat(hashes("각")).isNotEqualTo(hashes("가")).isNotEqualTo(hashes("\u1100"));
    assertThat(hashes("ab")).isNotEqualTo(hashes("ba"));
  }

  @Test
  void marksBelongToTheWordBeforeThem() {
    assertThat(texts("cafe\u0301 x")).containsExactly("cafe\u0301", "x");
    assertThat(texts("\u0301 x")).containsExactly("x");
    assertThat(texts("हिन्दी में")).containsExactly("हिन्दी", "में");
  }

  @Test
  void rollingHashesAreThoseOfTheLastWordsOnly() {
    long[] text = new long[300];
    for (int i = 0; i < text.length; i++) {
      text[i] = new java.util.SplittableRandom(i % 50).nextLong();
    }
    int[] lengths = {1, 8, 13, 64};
    RollingNGrams rolling = new RollingNGrams(lengths);
    for (int i = 0; i < text.length; i++) {
      rolling.add(text[i]);
      for (int k = 0; k < lengths.length; k++) {
        assertThat(rolling.isFull(k)).isEqualTo(i + 1 >= lengths[k]);
        if (rolling.isFull(k)) {
          RollingNGrams fresh = new RollingNGrams(lengths[k]);
          for (int j = i + 1 - lengths[k]; j <= i; j++) {
            fresh.add(text[j]);
          }
          assertThat(rolling.hash(k)).isEqualTo(fresh.hash(0));
          assertThat(rolling.word(i + 1 - lengths[k])).isEqualTo(text[i + 1 - lengths[k]]);
        }
      }
    }
  }
}
