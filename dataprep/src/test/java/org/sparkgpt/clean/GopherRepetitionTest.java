package org.sparkgpt.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sparkgpt.corpus.Verdict;

class GopherRepetitionTest {
  private static final Map<Integer, Double> NONE = Map.of();

  @Test
  void theFirstCopyOfALineIsFree() {
    String text = "a1\na2\na3\na4\na5\na6\na7\na1\na1\na2"; // 3 of 10
    assertThat(reject(text, 0.3, 1, 1, 1)).isEmpty();
    assertRejected(reject(text + "\na2", 0.3, 1, 1, 1), "duplicate-lines", 4 / 11.0, 0.3);
  }

  @Test
  void emptyLinesAreNoLines() {
    assertThat(reject("a\n\nb\n\nc\n\nd", 0, 1, 1, 1)).isEmpty();
  }

  @Test
  void theFirstCopyOfAParagraphIsFree() {
    String text = "p one\n\np two\n\np three\nline\n\np two";
    assertThat(reject(text, 1, 0.25, 1, 1)).isEmpty();
    assertRejected(
        reject(text + "\n\np one", 1, 0.25, 1, 1), "duplicate-paragraphs", 2 / 5.0, 0.25);
  }

  @Test
  void charactersInRepeatedLinesCountInCodePoints() {
    String line = "\uD83D\uDE00\uD83D\uDE00"; // two code points
    String text = line + "\nabcd\n" + line; // 2 of 10
    assertThat(reject(text, 1, 1, 0.2, 1)).isEmpty();
    assertRejected(
        reject(text.replace("abcd", "abc"), 1, 1, 0.2, 1),
        "duplicate-line-characters",
        2 / 9.0,
        0.2);
  }

  @Test
  void charactersInRepeatedParagraphsCount() {
    String text = "ab\n\nabcd\n\nab"; // 2 of 12
    assertThat(reject(text, 1, 1, 1, 2 / 12.0)).isEmpty();
    assertRejected(
        reject(text.replace("abcd", "abc"), 1, 1, 1, 2 / 12.0),
        "duplicate-paragraph-characters",
        2 / 11.0,
        2 / 12.0);
  }

  @Test
  void theTopNGramCountsItsBlanksAndAllItsCopies() {
    String text = "aa bb xx aa bb yy"; // "aa bb" twice: 10 of 17
    assertThat(top(text, 2, 10 / 17.0)).isEmpty();
    assertRejected(top(text, 2, 0.58), "top-2-gram", 10 / 17.0, 0.58);
  }

  @Test
  void ofSeveralTopNGramsTheFirstCounts() {
    assertRejected(top("a bcd efghi", 2, 0), "top-2-gram", 5 / 11.0, 0);
    assertRejected(top("a b c d a b c d", 4, 0.9), "top-4-gram", 14 / 15.0, 0.9);
  }

  @Test
  void textsWithoutNGramsPass() {
    assertThat(top("one", 2, 0)).isEmpty();
    assertThat(duplicate("one two three four", 5, 0)).isEmpty();
  }

  @Test
  void repeatedNGramsAreSkippedAsAWholeAndCountNoBlanks() {
    String text = "a b c d e f a b c d e g"; // "abcde" once again: 5 of 23
    assertThat(duplicate(text, 5, 5 / 23.0)).isEmpty();
    assertRejected(duplicate(text, 5, 0.21), "duplicate-5-grams", 5 / 23.0, 0.21);
    // 12 equal words: n-gram 0 is new, then 1 to 5 and 6 to 10 are found, one word is left over
    String same = "w w w w w w w w w w w w";
    assertRejected(duplicate(same, 5, 0.4), "duplicate-5-grams", 10 / 23.0, 0.4);
  }

  @Test
  void proseThatRepeatsLittlePasses() {
    String prose =
        IntStream.range(0, 400)
            .mapToObj(i -> "w" + i * 7919 % 390)
            .collect(Collectors.joining(" "));
    Rule rule = new GopherRepetition(CleanConfigs.repetition());
    assertThat(rule.reject(new Text(prose, "eng"))).isEmpty();
  }

  @Test
  void oneRepeatedWordIsRejected() {
    Rule rule = new GopherRepetition(CleanConfigs.repetition());
    Text text = new Text("buffalo ".repeat(1000).strip(), "eng");
    assertThat(rule.reject(text).map(Verdict::reason)).contains("gopher-repetition/top-2-gram");
  }

  private static Optional<Verdict> reject(
      String text,
      double lines,
      double paragraphs,
      double lineCharacters,
      double paragraphCharacters) {
    return new GopherRepetition(
            new GopherRepetitionConfig(
                lines, paragraphs, lineCharacters, paragraphCharacters, NONE, NONE))
        .reject(new Text(text, "eng"));
  }

  private static Optional<Verdict> top(String text, int n, double bound) {
    return new GopherRepetition(new GopherRepetitionConfig(1, 1, 1, 1, Map.of(n, bound), NONE))
        .reject(new Text(text, "eng"));
  }

  private static Optional<Verdict> duplicate(String text, int n, double bound) {
    return new GopherRepetition(new GopherRepetitionConfig(1, 1, 1, 1, NONE, Map.of(n, bound)))
        .reject(new Text(text, "eng"));
  }

  private static void assertRejected(
      Optional<Verdict> verdict, String reason, double value, double threshold) {
    assertThat(verdict).contains(new Verdict("gopher-repetition/" + reason, value, threshold));
  }
}
