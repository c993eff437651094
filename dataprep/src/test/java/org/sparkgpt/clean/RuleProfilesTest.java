package org.sparkgpt.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.sparkgpt.corpus.Verdict;

/** Each rule at its bound, one document passing and one not. */
class RuleProfilesTest {
  @Test
  void wordsThatAreMarksOnlyAreNoWordsForDatatroveOnly() {
    String text = text(words(49)) + " --";
    assertRejected("gopher@datatrove", text, "words", 49, 50);
    assertPasses("gopher@dolma", text);
    assertPasses("gopher@nemo", text);
    assertRejected("gopher@dolma", text(words(49)), "words", 49, 50);
    assertRejected("gopher@nemo", text(words(49)), "words", 49, 50);
    for (String profile : List.of("gopher@datatrove", "gopher@dolma", "gopher@nemo")) {
      assertPasses(profile, text(words(50)));
      Map<String, Double> most80 = Map.of("maxWords", 80.0);
      assertThat(reject(profile, most80, text(words(80)), "eng")).isEmpty();
      assertThat(reject(profile, most80, text(words(81)), "eng"))
          .contains(new Verdict(profile + "/words", 81, 80));
    }
  }

  @Test
  void lengthsAreCodePointsAndDolmaTakesTheMedian() {
    List<String> words = new ArrayList<>(words(50));
    for (int i = 2; i < 50; i++) {
      words.set(i, "\uD834\uDD1E".repeat(9) + "a"); // 10 code points, 19 UTF-16 units
    }
    assertPasses("gopher@dolma", text(words));
    assertPasses("gopher@datatrove", text(words));
    words.set(2, "x".repeat(500));
    assertPasses("gopher@dolma", text(words));
    assertRejected("gopher@datatrove", text(words), "mean-word-length", 976 / 50.0, 10);
    assertRejected("gopher@nemo", text(words), "mean-word-length", 976 / 50.0, 10);
    List<String> half = new ArrayList<>(words(50));
    for (int i = 2; i < 27; i++) {
      half.set(i, "ab");
    }
    half.set(1, "ab");
    half.set(0, "ab");
    assertRejected("gopher@dolma", text(half), "median-word-length", 2, 3);
  }

  @Test
  void symbolsAreOccurrencesForDatatroveAndWordsForTheOthers() {
    List<String> words = new ArrayList<>(words(50));
    words.set(10, "a#b#c#d#e#f#");
    assertRejected("gopher@datatrove", text(words), "hashes", 0.12, 0.1);
    assertPasses("gopher@dolma", text(words));
    assertPasses("gopher@nemo", text(words));
    words.set(10, "x......y......z......"); // two each
    assertRejected("gopher@datatrove", text(words), "ellipses", 0.12, 0.1);
    assertPasses("gopher@dolma", text(words));
    for (int i = 10; i < 16; i++) {
      words.set(i, "word…");
    }
    assertRejected("gopher@dolma", text(words), "symbol-words", 0.12, 0.1);
    assertPasses("gopher@nemo", text(words));
    List<String> marks = List.of("#", "...", "[…]", "-»", "(...)", "#");
    words.addAll(5, marks);
    words.addAll(List.of("##", "....")); // neither is one
    assertRejected("gopher@nemo", text(words), "symbol-words", 6 / 58.0, 0.1);
  }

  @Test
  void bulletsAndEllipsesDifferBySource() {
    List<String> rows = rows(10);
    String dashes = "- " + String.join("\n- ", rows);
    assertRejected("gopher@datatrove", dashes, "bullet-lines", 1, 0.9);
    assertRejected("gopher@dolma", dashes, "bullet-lines", 1, 0.9);
    assertPasses("gopher@nemo", dashes);
    assertPasses("gopher@datatrove", dashes.substring(2)); // 9 of 10
    assertPasses("gopher@dolma", dashes.replace("\n-", "\n -"));
    String circles = "○ " + String.join("\n○ ", rows);
    assertRejected("gopher@nemo", circles, "bullet-lines", 1, 0.9);
    assertPasses("gopher@datatrove", circles);
    String dots = String.join("...\n", rows);
    assertThat(reject("gopher@datatrove", Map.of("maxEllipsesPerWord", 1.0), dots, "eng"))
        .contains(new Verdict("gopher@datatrove/ellipsis-lines", 0.9, 0.3));
    assertPasses("gopher@dolma", dots);
    assertRejected("gopher@dolma", dots.replace("...", "…"), "symbol-words", 9 / 60.0, 0.1);
    String more = String.join(" Read More \n", rows);
    assertRejected("gopher@nemo", more, "ellipsis-lines", 0.9, 0.3);
    assertPasses(
        "gopher@nemo", String.join("...\n", rows.subList(0, 4)) + "\n" + String.join("\n", rows));
  }

  @Test
  void stopWordsAreThoseOfTheLanguageAndCountOnceForDatatrove() {
    List<String> words = new ArrayList<>(words(50));
    words.set(1, "the");
    assertRejected("gopher@datatrove", text(words), "stop-words", 1, 2);
    assertPasses("gopher@dolma", text(words));
    assertPasses("gopher@nemo", text(words));
    words.set(1, "The");
    assertRejected("gopher@dolma", text(words), "stop-words", 1, 2);
    assertThat(reject("gopher@datatrove", Map.of(), text(words), "tha")).isEmpty();
    assertThat(reject("gopher@datatrove", Map.of(), text(words), "deu"))
        .contains(new Verdict("gopher@datatrove/stop-words", 0, 2));
    assertThat(reject("gopher@datatrove", Map.of(), text(words) + " und der", "deu")).isEmpty();
  }

  @Test
  void lettersOfAnyScriptCountAndVowelSignsForNemoOnly() {
    List<String> words = new ArrayList<>(words(50));
    for (int i = 10; i < 20; i++) {
      words.set(i, "1234567");
    }
    words.set(20, "жизнь");
    words.set(21, "\uD835\uDC00\uD835\uDC01\uD835\uDC02"); // mathematical capitals are letters
    assertPasses("gopher@datatrove", text(words));
    words.set(21, "ⅧⅧⅧ"); // Roman numerals are not
    assertRejected("gopher@datatrove", text(words), "letter-words", 0.78, 0.8);
    assertRejected("gopher@dolma", text(words), "letter-words", 0.78, 0.8);
    assertPasses("gopher@nemo", text(words));
  }

  @Test
  void theFirstCopyOfALineIsFreeForDatatroveNotForDolma() {
    String text = "a1\na2\na3\na4\na5\na6\na7\na8\na9\na1"; // 1 of 10 again, 2 of 10 alike
    assertThat(only("gopher-repetition@datatrove", "maxDuplicateLineFraction", 0.1, text))
        .isEmpty();
    assertThat(only("gopher-repetition@datatrove", "maxDuplicateLineFraction", 0.09, text))
        .contains(new Verdict("gopher-repetition@datatrove/duplicate-lines", 0.1, 0.09));
    assertThat(only("gopher-repetition@dolma", "maxDuplicateLineFraction", 0.2, text)).isEmpty();
    assertThat(only("gopher-repetition@dolma", "maxDuplicateLineFraction", 0.19, text))
        .contains(new Verdict("gopher-repetition@dolma/duplicate-lines", 0.2, 0.19));
    String spaced = "a\n\nb\n\nc"; // empty lines are alike for Dolma and none for datatrove
    assertThat(only("gopher-repetition@datatrove", "maxDuplicateLineFraction", 0, spaced))
        .isEmpty();
    assertThat(only("gopher-repetition@dolma", "maxDuplicateLineFraction", 0.3, spaced))
        .contains(new Verdict("gopher-repetition@dolma/duplicate-lines", 0.4, 0.3));
  }

  @Test
  void nGramsAreMeasuredInThreeWays() {
    String text = "aa bb xx aa bb yy"; // "aa bb" twice
    String top = "maxTop2GramCharacterFraction";
    assertValue("gopher-repetition@datatrove", top, text, "top-2-gram", 10 / 17.0);
    assertValue("gopher-repetition@dolma", top, text, "top-2-gram", 8 / 12.0);
    assertValue("gopher-repetition@redpajama", top, "Aa bb, xx aa BB yy", "top-2-gram", 0.66666667);
    assertValue("gopher-repetition@datatrove", top, "a bcd efghi", "top-2-gram", 5 / 11.0);
    assertThat(only("gopher-repetition@redpajama", top, 0, "a bcd efghi")).isEmpty();

    String again = "a b c d e f a b c d e g"; // five words again
    String five = "maxDuplicate5GramCharacterFraction";
    assertValue("gopher-repetition@datatrove", five, again, "duplicate-5-grams", 5 / 23.0);
    assertValue("gopher-repetition@dolma", five, again, "duplicate-5-grams", 10 / 40.0);
    assertValue("gopher-repetition@redpajama", five, again, "duplicate-5-grams", 0.83333333);
    // 12 equal words: n-gram 0 is new, then 1 to 5 and 6 to 10 are found, one word is left over
    String same = "w w w w w w w w w w w w";
    assertValue("gopher-repetition@datatrove", five, same, "duplicate-5-grams", 10 / 23.0);
    // Joined without blanks they are equal.
    String joined = "a bc d e f x ab c d e f";
    assertValue("gopher-repetition@datatrove", five, joined, "duplicate-5-grams", 6 / 23.0);
    assertThat(only("gopher-repetition@dolma", five, 0, joined)).isEmpty();
  }

  @Test
  void fineWebsRulesAtTheirBounds() {
    String good = "This is a line of more than thirty characters.";
    String open = good.substring(0, good.length() - 1) + "\"";
    List<String> lines =
        IntStream.range(0, 100)
            .mapToObj(i -> i + (i < 12 ? good : open))
            .collect(Collectors.toCollection(ArrayList::new));
    assertPasses("fineweb@code", String.join("\n", lines));
    lines.set(0, good + " "); // not stripped
    assertRejected("fineweb@code", String.join("\n", lines), "terminal-lines", 0.11, 0.12);

    List<String> brief =
        IntStream.range(0, 100)
            .mapToObj(i -> i < 67 ? "Thirty characters, no more: " + (i + 10) + "." : i + good)
            .map(line -> line.length() > 40 ? line : line.replace(", ", ","))
            .collect(Collectors.toCollection(ArrayList::new));
    assertPasses("fineweb@code", String.join("\n", brief));
    brief.set(99, "A brief line.");
    assertRejected("fineweb@code", String.join("\n", brief), "short-lines", 0.68, 0.67);

    String repeated = String.join("\n", lines.subList(1, 12)) + "\n1" + good;
    assertPasses("fineweb@paper", repeated);
    assertThat(reject("fineweb@code", Map.of(), repeated, "eng").map(Verdict::reason))
        .contains("fineweb@code/repeated-characters");
    assertRejected("fineweb@code", "Supercalifragilisticexpialidocious.\n\n\n", "newlines", 3, 0.3);
    assertThat(reject("fineweb@code", Map.of(), " \n ", "eng").map(Verdict::reason))
        .contains("fineweb@code/empty");
  }

  @Test
  void hugeDocumentsTakeLinearTime() {
    String oneWord = "buffalo ".repeat(300_000);
    String manyLines = "[\n".repeat(300_000);
    StringBuilder distinct = new StringBuilder();
    for (int i = 0; distinct.length() < 1_000_000; i++) {
      distinct.append(Integer.toString(i, 36)).append(' ');
    }
    String oneLine = "\uD83D\uDE00x".repeat(400_000);
    Text text = new Text();
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (String profile : Rules.profiles()) {
            Rule rule = Rules.profile(profile, CleanConfigs.thresholds().get(profile));
            for (String huge : List.of(oneWord, manyLines, distinct.toString(), oneLine)) {
              text.read(huge, "eng", null);
              rule.reject(text);
            }
            text.read(text(words(60)) + ".", "eng", null);
            assertThat(rule.reject(text).isEmpty()).isEqualTo(!profile.startsWith("c4"));
          }
        });
  }

  private static void assertPasses(String profile, String text) {
    assertThat(reject(profile, Map.of(), text, "eng")).isEmpty();
  }

  private static void assertRejected(
      String profile, String text, String reason, double value, double threshold) {
    assertThat(reject(profile, Map.of(), text, "eng"))
        .contains(new Verdict(profile + "/" + reason, value, threshold));
  }

  /** At the value the text passes, a little below it does not. */
  private static void assertValue(
      String profile, String threshold, String text, String reason, double value) {
    assertThat(only(profile, threshold, value, text)).isEmpty();
    assertThat(only(profile, threshold, value - 1e-9, text))
        .contains(new Verdict(profile + "/" + reason, value, value - 1e-9));
  }

  /** A profile with one threshold only. */
  private static Optional<Verdict> only(
      String profile, String threshold, double value, String text) {
    Map<String, Double> values = new HashMap<>();
    CleanConfigs.thresholds()
        .get(profile)
        .keySet()
        .forEach(name -> values.put(name, name.startsWith("maxTop") ? 1e9 : 1));
    values.put(threshold, value);
    return reject(profile, values, text, "eng");
  }

  private static Optional<Verdict> reject(
      String profile, Map<String, Double> changed, String characters, String language) {
    Text text = new Text();
    text.read(characters, language, null);
    return Rules.profile(profile, CleanConfigs.thresholds(profile, changed)).reject(text);
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
    return IntStream.range(0, count)
        .mapToObj(r -> String.join(" ", words.subList(6 * r, 6 * r + 6)))
        .toList();
  }

  private static String text(List<String> words) {
    return String.join(" ", words);
  }
}
