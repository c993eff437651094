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
    assertThat(set(2, "a b a b a b")).hasSize(2 * Integer.BYTES);
  }

  @Test
  void jaccardComparesSets() {
    assertThat(jaccard("a b c d", "d c b e")).isCloseTo(3 / 5.0, within(1e-12));
    assertThat(jaccard("a b", "b a a")).isOne();
    assertThat(jaccard("a b", "c d")).isZero();
  }

  @Test
  void readingAgainForgetsTheTextBefore() {
    Shingles shingles = new Shingles(2);
    shingles.read("a b c d e f");
    shingles.read("a b");
    assertThat(shingles.count()).isOne();
  }

  @Test
  void contentHashIgnoresCapitalsAndWhiteSpaceOnly() {
    assertThat(ContentHash.of(" A\u00a0b\n\nC ")).isEqualTo(ContentHash.of("a b c"));
    assertThat(ContentHash.of("a b c")).isNotEqualTo(ContentHash.of("a b c."));
    assertThat(ContentHash.of("a b c")).hasSize(32).isNotEqualTo(ContentHash.of("ab c"));
  }

  private static void assertSame(String a, String b) {
    assertThat(set(1, a)).isEqualTo(set(1, b));
  }

  private static double jaccard(String a, String b) {
    return NearDuplicates.jaccard(set(1, a), set(1, b));
  }

  private static byte[] set(int words, String text) {
    return new NearDuplicates.ShingleBytes(words).call(text);
  }

  private static int count(int words, String text) {
    Shingles shingles = new Shingles(words);
    shingles.read(text);
    return shingles.count();
  }
}
