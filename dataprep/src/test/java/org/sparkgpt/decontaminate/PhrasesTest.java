package org.sparkgpt.decontaminate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.sparkgpt.decontaminate.ArithmeticProblem.Operation;

class PhrasesTest {
  private static List<String> places(String text, boolean ignoreCase, String... phrases) {
    List<String> places = new ArrayList<>();
    new Phrases(List.of(phrases), ignoreCase)
        .find(text, (phrase, start, end) -> places.add(phrases[phrase] + "@" + start + "-" + end));
    return places;
  }

  @Test
  void overlappingAndNestedPhrasesAreAllFound() {
    assertThat(places("ushers", false, "he", "she", "his", "hers"))
        .containsExactly("she@1-4", "he@2-4", "hers@2-6");
    assertThat(places("aaaa", false, "aa", "aaa"))
        .containsExactly("aa@0-2", "aaa@0-3", "aa@1-3", "aaa@1-4", "aa@2-4");
    assertThat(places("", false, "a")).isEmpty();
    assertThat(places("😀é我", false, "é我")).containsExactly("é我@2-4");
  }

  @Test
  void everyPlaceOfRandomPhrasesIsFound() {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 200; round++) {
      TreeSet<String> phrases = new TreeSet<>();
      for (int i = 0; i < 8; i++) {
        phrases.add(random(random, 1 + random.nextInt(5)));
      }
      String text = random(random, 60);
      List<String> expected = new ArrayList<>();
      for (String phrase : phrases) {
        for (int at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
          expected.add(phrase + "@" + at + "-" + (at + phrase.length()));
        }
      }
      assertThat(places(text, false, phrases.toArray(String[]::new)))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static String random(SplittableRandom random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("abx".charAt(random.nextInt(3)));
    }
    return text.toString();
  }

  @Test
  void caseCountsUnlessItIsIgnored() {
    assertThat(places("Ahab AHAB", false, "ahab")).isEmpty();
    assertThat(places("Ahab AHAB", true, "ahab")).containsExactly("ahab@0-4", "ahab@5-9");
  }

  @Test
  void numbersAreFoundWholeOnly() {
    String plus = "48 plus 76";
    assertThat(places("is 48 plus 76. And", false, plus)).hasSize(1);
    assertThat(places("(48 plus 76)", false, plus)).hasSize(1);
    for (String other :
        List.of("148 plus 76", "48 plus 760", "48 plus 76.5", "1.48 plus 76", "1,48 plus 76,0")) {
      assertThat(places(other, false, plus)).as(other).isEmpty();
    }
    assertThat(places("48 + 76 =124", false, "48 + 76 =")).hasSize(1);
    assertThat(places("148 + 76 = 224", false, "48 + 76 =")).isEmpty();
  }

  @Test
  void whatCannotBeSearchedForIsSaid() {
    assertThatThrownBy(() -> places("x", false, "")).hasMessage("cannot search for an empty text");
    assertThatThrownBy(() -> places("x", true, "Ab", "aB")).hasMessage("'aB' is there twice");
  }

  @Test
  void problemsAreReadFromLines() {
    List<ArithmeticProblem> problems =
        ArithmeticProblem.parse(
            "p.txt", List.of("48 + 76 = 124", "", " 34 minus 53 = -19 ", "9*42=", "7 times 8"));
    assertThat(problems)
        .extracting(ArithmeticProblem::forms)
        .containsExactly(
            List.of("48 + 76 =", "48 plus 76"),
            List.of("34 - 53 =", "34 minus 53"),
            List.of("9 * 42 =", "9 times 42"),
            List.of("7 * 8 =", "7 times 8"));
    assertThat(problems.get(1).kind()).isEqualTo("subtraction");
    assertThatThrownBy(() -> ArithmeticProblem.parse("p.txt", List.of("1 + 1", "2 / 3 = 1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("p.txt:2: '2 / 3 = 1' is no problem; expected two numbers");
    assertThatThrownBy(() -> ArithmeticProblem.parse("p.txt", List.of(" ")))
        .hasMessageStartingWith("p.txt: has no problem");
  }

  @Test
  void problemsAreDrawnAsThePaperDrawsThem() {
    List<ArithmeticProblem> problems = ArithmeticProblem.generate(List.of(2, 3), 2000, 1);
    assertThat(problems).hasSize(12_000);
    assertThat(problems).isEqualTo(ArithmeticProblem.generate(List.of(2, 3), 2000, 1));
    assertThat(problems).isNotEqualTo(ArithmeticProblem.generate(List.of(2, 3), 2000, 2));
    for (Operation operation : Operation.values()) {
      List<Long> numbers =
          problems.stream()
              .filter(p -> p.operation() == operation && p.digits() == 3)
              .map(ArithmeticProblem::first)
              .toList();
      assertThat(numbers).hasSize(2000).allMatch(n -> n >= 0 && n < 1000);
      double mean = numbers.stream().mapToLong(n -> n).average().orElseThrow();
      assertThat(mean).isBetween(499.5 - 26, 499.5 + 26); // 4 sigma: 288.7 / sqrt(2000) = 6.5
    }
    assertThat(problems.get(0).kind()).isEqualTo("2-digit addition");
    assertThatThrownBy(() -> ArithmeticProblem.generate(List.of(19), 1, 1))
        .hasMessage("digits must be between 1 and 18, got 19");
    assertThatThrownBy(() -> ArithmeticProblem.generate(List.of(1), 0, 1))
        .hasMessage("the number of problems must be positive, got 0");
  }
}
