package org.sparkgpt.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sparkgpt.corpus.Verdict;

class GopherQualityTest {
  private final Rule rule = new GopherQuality(CleanConfigs.quality(80));

  @Test
  void countsWordsThatAreNotPunctuation() {
    assertPasses(text(words(50)));
    assertRejected(text(words(49)), "words", 49, 50);
    List<String> dashed = words(49);
    dashed.add("--");
    assertRejected(text(dashed), "words", 49, 50);
    assertPasses(text(words(80)));
    assertRejected(text(words(81)), "words", 81, 80);
  }

  @Test
  void boundsTheMeanLengthOfWordsInCodePoints() {
    List<String> three = repeat("abc", 48);
    three.addAll(List.of("the", "and"));
    assertPasses(text(three));
    three.set(0, "ab");
    assertRejected(text(three), "mean-word-length", 149 / 50.0, 3);

    String tenClefs = "\uD834\uDD1E".repeat(9) + "a"; // 10 code points, 19 UTF-16 units
    List<String> ten = repeat(tenClefs, 48);
    ten.addAll(List.of("of" + "x".repeat(15), "to", "of")); // 17 + 2 + 2 = 21
    assertPasses(text(ten));
    List<String> longer = repeat("abcdefghij", 50);
    longer.set(0, "abcdefghijk");
    assertRejected(text(longer), "mean-word-length", 501 / 50.0, 10);
  }

  @Test
  void countsHashesPerWord() {
    assertPasses(text(attach(words(50), "#", 5)));
    assertRejected(text(attach(words(50), "#", 6)), "hashes", 0.12, 0.1);
  }

  @Test
  void countsBothKindsOfEllipsisPerWordWithoutOverlap() {
    List<String> five = attach(words(50), "...", 3);
    five.set(10, "x......y"); // two
    assertPasses(text(five));
    five.set(11, "x…y");
    assertRejected(text(five), "ellipses", 0.12, 0.1);
  }

  @Test
  void countsLinesThatBeginWithABullet() {
    List<String> rows = rows(10);
    for (int r = 0; r < 9; r++) {
      rows.set(r, (r % 2 == 0 ? "• " : "  - ") + rows.get(r));
    }
    assertPasses(String.join("\n", rows));
    rows.set(9, "- " + rows.get(9));
    assertRejected(String.join("\n", rows), "bullet-lines", 1, 0.9);
  }

  @Test
  void countsLinesThatEndWithAnEllipsis() {
    List<String> rows = rows(10);
    for (int r = 0; r < 3; r++) {
      rows.set(r, rows.get(r) + (r % 2 == 0 ? "..." : "…"));
    }
    assertPasses(String.join("\n", rows));
    rows.set(3, rows.get(3) + "...");
    assertRejected(String.join("\n", rows), "ellipsis-lines", 0.4, 0.3);
  }

  @Test
  void emptyLinesAreLinesToo() {
    List<String> rows = rows(10);
    for (int r = 0; r < 4; r++) {
      rows.set(r, rows.get(r) + "...");
    }
    assertPasses(String.join("\n\n", rows)); // 4 of 19
  }

  @Test
  void wantsLettersOfAnyScriptInWords() {
    List<String> words = words(50);
    for (int i = 10; i < 20; i++) {
      words.set(i, "1234567");
    }
    words.set(20, "жизнь");
    words.set(21, "\uD835\uDC00\uD835\uDC01\uD835\uDC02"); // mathematical capitals are letters
    assertPasses(text(words));
    words.set(21, "\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00"); // faces are not
    assertRejected(text(words), "letter-words", 0.78, 0.8);
  }

  @Test
  void wantsTwoDifferentStopWordsOfEnglishTextsOnly() {
    List<String> words = words(50);
    words.set(0, "the");
    words.set(1, "the");
    assertRejected(text(words), "stop-words", 1, 2);
    assertThat(rule.reject(new Text(text(words), "deu"))).isEmpty();
    words.set(1, "The");
    assertRejected(text(words), "stop-words", 1, 2);
    words.set(1, "be");
    assertPasses(text(words));
  }

  private void assertPasses(String text) {
    assertThat(rule.reject(new Text(text, "eng"))).isEmpty();
  }

  private void assertRejected(String text, String reason, double value, double threshold) {
    assertThat(rule.reject(new Text(text, "eng")))
        .contains(new Verdict("gopher-quality/" + reason, value, threshold));
  }

  /** Distinct words of six letters but for the first two, which are stop words. */
  private static List<String> words(int count) {
    List<String> words = new ArrayList<>(List.of("the", "and"));
    IntStream.range(2, count)
        .forEach(i -> words.add("word" + (char) ('a' + i / 26) + (char) ('a' + i % 26)));
    return words;
  }

  private static List<String> rows(int count) {
    List<String> words = words(6 * count);
    return new ArrayList<>(
        IntStream.range(0, count)
            .mapToObj(r -> String.join(" ", words.subList(6 * r, 6 * r + 6)))
            .toList());
  }

  private static List<String> attach(List<String> words, String mark, int times) {
    for (int i = 20; i < 20 + times; i++) {
      words.set(i, words.get(i) + mark + "x");
    }
    return words;
  }

  private static List<String> repeat(String word, int times) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      words.add(word);
    }
    return words;
  }

  private static String text(List<String> words) {
    return String.join(" ", words);
  }
}
