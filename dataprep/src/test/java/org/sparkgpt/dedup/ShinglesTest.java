package org.sparkgpt.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ShinglesTest {
  @Test
  void shinglesOverlapByAllWordsButOne() {
    assertThat(count(5, "a b c d")).isZero();
    assertThat(count(5, "a b c d e")).isOne();
    assertThat(count(5, "a b c d e f g")).isEqualTo(3);
    assertThat(count(5, "")).isZero();
  }

  @Test
  void capitalsPunctuationAccentsAndNumbersDoNotMatter() {
    assertSame("Hello, WORLD!", "hello world");
    assertSame("café", "CAFE\u0301");
    assertSame("in 1984: 3.14, 1,000,000.", "in 7 2 9");
    assertSame("١٢٣ apples", "5 apples");
    assertSame("a.b,c", "a b c");
    assertThat(set(1, "one two")).isNotEqualTo(set(1, "onetwo"));
    assertThat(set(2, "one two")).isNotEqualTo(set(2, "two one"));
  }

  @Test
  void anIdeographIsAWord() {
    assertThat(count(1, "人人生而自由")).isEqualTo(6);
    assertThat(count(1, "\uD842\uDFB7\uD842\uDFB7野家")).isEqualTo(4);
    assertThat(count(1, "\uD835\uDC00\uD835\uDC01 x")).isEqualTo(2); // letters beyond the BMP
  }

  @Test
  void repeatedShinglesAreOneInTheSet() {
    assertThat(count(2, "a b a b a b")).isEqualTo(5);
    assertThat(set(2, "a b a b a b")).hasSize(2);
    assertThat(set(5, "the ".repeat(100_000))).hasSize(1);
  }

  @Test
  void tokensAreWhatIsBetweenOtherCharacters() {
    assertThat(set(ShingleUnit.TOKEN, 2, "int a_1"))
        .isEqualTo(set(ShingleUnit.TOKEN, 2, "INT(A_1"));
    assertThat(set(ShingleUnit.TOKEN, 1, "a, b")).hasSize(3); // the empty one too
    assertThat(count(ShingleUnit.TOKEN, 1, "")).isOne();
    assertThat(set(ShingleUnit.TOKEN, 1, "\u0633\u0644\u0627\u0645 \uD842\uDFB7")).hasSize(2);
  }

  @Test
  void charactersAreCodePoints() {
    assertThat(count(ShingleUnit.CHARACTER, 2, "\uD842\uDFB7 b")).isEqualTo(2);
    assertThat(set(ShingleUnit.CHARACTER, 3, "aBcd"))
        .isEqualTo(set(ShingleUnit.CHARACTER, 3, "AbCD"));
    assertThat(set(ShingleUnit.CHARACTER, 3, "a b"))
        .isNotEqualTo(set(ShingleUnit.CHARACTER, 3, "a  b"));
  }

  @Test
  void plainWordsHaveNoPunctuationButTheirAccents() {
    assertThat(set(ShingleUnit.PLAIN_WORD, 2, "Don't -- panic!"))
        .isEqualTo(set(ShingleUnit.PLAIN_WORD, 2, "dont\u00a0panic"));
    assertThat(set(ShingleUnit.PLAIN_WORD, 1, "caf\u00e9"))
        .isEqualTo(set(ShingleUnit.PLAIN_WORD, 1, "cafe\u0301"))
        .isNotEqualTo(set(ShingleUnit.PLAIN_WORD, 1, "cafe"));
  }

  @Test
  void rollingHashesSeeNothingButTheirUnits() {
    int[] all = set(3, "a b c d e f g h");
    for (String three : new String[] {"a b c", "c d e", "f g h"}) {
      assertThat(all).contains(set(3, three));
    }
  }

  @Test
  void jaccardComparesSets() {
    assertThat(jaccard("a b c d", "d c b e")).isCloseTo(3 / 5.0, within(1e-12));
    assertThat(jaccard("a b", "b a a")).isOne();
    assertThat(jaccard("a b", "c d")).isZero();
  }

  @Test
  void readingAgainForgetsTheTextBefore() {
    Shingles shingles = new Shingles(new MinHashConfig(ShingleUnit.SIMPLE_WORD, 2, 1, 1));
    int[] own = shingles.distinct("a b");
    shingles.distinct("a b c d e f");
    assertThat(shingles.distinct("a b")).isEqualTo(own).hasSize(1);
  }

  @Test
  void contentHashIgnoresCapitalsAndWhiteSpaceOnly() {
    assertThat(ContentHash.of(" A\u00a0b\n\nC ")).isEqualTo(ContentHash.of("a b c"));
    assertThat(ContentHash.of("a b c")).isNotEqualTo(ContentHash.of("a b c."));
    assertThat(ContentHash.of("a b c")).hasSize(16).isNotEqualTo(ContentHash.of("ab c"));
  }

  private static void assertSame(String a, String b) {
    assertThat(set(1, a)).isEqualTo(set(1, b));
  }

  private static double jaccard(String a, String b) {
    return Shingles.jaccard(set(1, a), set(1, b));
  }

  private static int[] set(int words, String text) {
    return set(ShingleUnit.SIMPLE_WORD, words, text);
  }

  private static int[] set(ShingleUnit unit, int length, String text) {
    return new Shingles(new MinHashConfig(unit, length, 1, 1)).distinct(text);
  }

  private static long count(int words, String text) {
    return count(ShingleUnit.SIMPLE_WORD, words, text);
  }

  private static long count(ShingleUnit unit, int length, String text) {
    return new Shingles(new MinHashConfig(unit, length, 1, 1)).read(text, (hashes, count) -> {});
  }
}
