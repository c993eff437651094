package org.sparkgpt.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkgpt.corpus.Verdict;

class C4Test {
  private static final String GOOD =
      "The first line is a good one. So is its end!\nThe second line is good. It really is so.\n"
          + "A third \"line\" ends with a quote, \"as they may.\"";

  private final Text text = new Text();

  @Test
  void linesThatDoNotEndLikeSentencesGo() {
    assertPage("c4@code", GOOD + "\nThis line has no end mark\nThis one goes on and on...", GOOD);
    assertPage("c4@code", GOOD + "\nThis one ends with an 'apostrophe'", GOOD);
    String apostrophe = GOOD + "\nThis one ends with an 'apostrophe'";
    assertPage("c4@paper", apostrophe, apostrophe);
  }

  @Test
  void fewWordsAreFourInTheCodeAndTwoInThePaper() {
    String four = GOOD + "\nFour words are here.";
    assertPage("c4@code", four, GOOD);
    assertPage("c4@paper", four, four);
    assertPage("c4@paper", GOOD + "\nTwo words.", GOOD);
  }

  @Test
  void citationsAreDeletedBeforeWordsAreCountedInTheCodeOnly() {
    assertPage(
        "c4@code",
        GOOD.replace("first", "first[12]").replace("is a", "is[] a [edit]"),
        GOOD.replace("is a", "is a "));
    assertPage("c4@paper", GOOD + "\nTwo [1] words.", GOOD + "\nTwo  words.");
    assertPage("c4@code", GOOD + "\nOne two three [1][] four.", GOOD);
    assertPage("c4@code", GOOD + "\nA citation stands behind the stop. [citation needed]", GOOD);
  }

  @Test
  void aWordOfMoreThanAThousandCharactersTakesItsLineAlong() {
    String longest = "\uD83D\uDE00".repeat(1000) + " is a word of this line.";
    assertPage("c4@code", GOOD + "\n" + longest, GOOD + "\n" + longest);
    assertPage("c4@code", GOOD + "\n\uD83D\uDE00" + longest, GOOD);
  }

  @ParameterizedTest
  @CsvSource({
    "'Here is Lorem IPSUM for you all.', lorem-ipsum",
    "'Here is a { for you all.', curly-bracket",
    "'Use JavaScript with lorem ipsum in it.', lorem-ipsum",
    "'Use of cookies and { in one line.', curly-bracket"
  })
  void aPageIsRejectedForWhatItsGoodLinesHold(String line, String reason) {
    for (String profile : List.of("c4@code", "c4@paper")) {
      assertThat(reject(profile, GOOD + "\n" + line + "\n" + GOOD))
          .contains(new Verdict(profile + "/" + reason));
      assertThat(text.characters()).startsWith(GOOD + "\n" + line);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'Here is lorem ipsum without an end mark'",
    "'A { in a line that goes on...'",
    "'Lorem ipsum.'",
    "'Please enable JavaScript, then { is seen.'",
    "'We have a Privacy Policy for you.'",
    "'This page uses cookies of all sorts.'"
  })
  void linesThatGoRejectNoPage(String line) {
    assertPage(
        "c4@code",
        GOOD + "\n" + line + "\nThis good line comes behind it.",
        GOOD + "\nThis good line comes behind it.");
  }

  @Test
  void aPageNeedsThreeSentencesInTheCodeAndFiveInThePaper() {
    String two = "One sentence of five words. Another one of five words.";
    assertThat(reject("c4@code", two)).contains(new Verdict("c4@code/sentences", 2, 3));
    assertThat(text.characters()).isEqualTo(two);
    assertPage("c4@code", two + " And a third.", two + " And a third.");
    assertThat(reject("c4@paper", two + " And a third. A fourth!"))
        .contains(new Verdict("c4@paper/sentences", 4, 5));
    assertThat(reject("c4@code", "")).contains(new Verdict("c4@code/sentences", 0, 3));
  }

  @ParameterizedTest
  @CsvSource({
    "'One. Two? Three!', 3",
    "'Mr. Smith met Dr. No, e.g. here. Yes.', 2",
    "'It costs 3.50 a piece.', 1",
    "'J. R. R. Tolkien wrote it.', 1",
    "'He left ... and came back. \"Why?\" \"So.\"', 3",
    "'no mark at all', 1",
    "' ', 0"
  })
  void sentencesAreCounted(String line, int sentences) {
    assertThat(Sentences.count(line, 0, line.length())).isEqualTo(sentences);
  }

  @Test
  void laterRulesJudgeWhatIsLeft() {
    CleanConfig config = CleanConfigs.of(List.of(), List.of("c4@code", "fineweb@code"));
    RuleSet rules = new RuleSet(config, Blocklists.NONE);
    RuleSet.Judged judged = rules.judge("Home\nNews\n" + GOOD + "\nNext\nImprint", "eng", null);
    assertThat(judged.verdict()).isEmpty();
    assertThat(judged.text()).isEqualTo(GOOD);
    assertThat(rules.checks("Home\n" + GOOD, "eng", null))
        .extracting(RuleSet.Check::rule)
        .containsExactly("c4@code", "fineweb@code");
  }

  private void assertPage(String profile, String page, String kept) {
    assertThat(reject(profile, page)).isEmpty();
    assertThat(text.characters()).isEqualTo(kept);
  }

  private Optional<Verdict> reject(String profile, String page) {
    text.read(page, "eng", null);
    return Rules.profile(profile, CleanConfigs.thresholds().get(profile)).reject(text);
  }
}
