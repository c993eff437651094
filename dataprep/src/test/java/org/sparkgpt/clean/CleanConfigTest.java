package org.sparkgpt.clean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CleanConfigTest {
  @Test
  void anUnknownRuleIsNamedBesideTheKnownOnes() {
    assertRefused(
        () -> CleanConfigs.of(List.of(), List.of("gopher-qualty")),
        "clean.rules: unknown rule 'gopher-qualty', known are the profiles [c4@code, c4@paper,"
            + " fineweb@code, fineweb@paper, gopher-repetition@datatrove, gopher-repetition@dolma,"
            + " gopher-repetition@redpajama, gopher@datatrove, gopher@dolma, gopher@nemo] and the"
            + " lists [blocked-urls, blocked-words]");
    assertRefused(
        () -> CleanConfigs.of(List.of(), List.of("c4@code", "c4@code")),
        "clean.rules names 'c4@code' twice");
  }

  @Test
  void languagesAreThreeLetterCodes() {
    assertRefused(
        () -> CleanConfigs.of(List.of("en"), List.of()),
        "clean.languages must hold ISO 639-3 codes such as eng, got 'en'");
    assertRefused(
        () -> CleanConfigs.of(null, List.of()),
        "clean.languages must be a list, [] if there is nothing in it");
  }

  @Test
  void confidenceIsAProbability() {
    CleanConfig good = CleanConfigs.english();
    assertRefused(
        () ->
            new CleanConfig(
                true,
                good.languages(),
                Double.NaN,
                600,
                ForeignParagraphs.KEEP,
                good.rules(),
                good.thresholds(),
                good.blocklists()),
        "clean.minLanguageConfidence must be between 0 and 1, got NaN");
  }

  @Test
  void withoutLanguagesNoParagraphIsForeign() {
    CleanConfig good = CleanConfigs.english();
    assertRefused(
        () ->
            new CleanConfig(
                true,
                List.of(),
                0.2,
                600,
                ForeignParagraphs.DROP,
                good.rules(),
                good.thresholds(),
                good.blocklists()),
        "clean.foreignParagraphs=drop needs clean.languages: without them none is foreign");
  }

  @Test
  void thresholdsNameTheirKey() {
    assertRefused(
        () -> changed("gopher-repetition@dolma", Map.of("maxDuplicateLineFraction", 1.5)),
        "clean.thresholds.gopher-repetition@dolma.maxDuplicateLineFraction must be between 0 and 1,"
            + " got 1.5");
    assertRefused(
        () -> changed("gopher@nemo", Map.of("maxWords", 10.0)),
        "clean.thresholds.gopher@nemo: minWords must not exceed maxWords, got 50.0 and 10.0");
    assertRefused(
        () -> changed("gopher@dolma", Map.of("minMedianWordLength", Double.NaN)),
        "clean.thresholds.gopher@dolma.minMedianWordLength must be a number that is not negative,"
            + " got NaN");
    assertRefused(
        () -> changed("c4@paper", Map.of("minSentences", 0.0)),
        "clean.thresholds.c4@paper.minSentences must be a whole number, at least 1, got 0.0");
    assertRefused(
        () -> changed("c4@code", Map.of("minLines", 1.0)),
        "clean.thresholds.c4@code has no thresholds [minLines], it has [maxWordLength,"
            + " minLineWords, minSentences]");
    assertRefused(
        () -> CleanConfigs.of(List.of(), List.of("c4@code"), Map.of(), CleanConfigs.NO_LISTS),
        "clean.thresholds.c4@code must list the profile's thresholds");
  }

  @Test
  void onlyTheThresholdsOfItsRulesArePartOfTheSettings() {
    CleanConfig config = CleanConfigs.of(List.of(), List.of("c4@code", "fineweb@paper"));
    assertThat(config.thresholds()).containsOnlyKeys("c4@code", "fineweb@paper");
    assertThat(config.withRules(List.of("c4@code")).thresholds()).containsOnlyKeys("c4@code");
  }

  @Test
  void listsNeedFiles() {
    assertRefused(
        () -> CleanConfigs.of(List.of(), List.of("blocked-words")),
        "clean.rules has blocked-words, but clean.blocklists.words names no file, such as {eng:"
            + " words.txt}");
    assertRefused(
        () -> CleanConfigs.of(List.of(), List.of("blocked-urls")),
        "clean.rules has blocked-urls, but clean.blocklists names no file for it: domains, urls or"
            + " urlWords");
    assertRefused(
        () -> new BlocklistConfig(Map.of("en", "words.txt"), null, null, null),
        "clean.blocklists.words must map ISO 639-3 codes such as eng to files, got 'en'");
    assertRefused(
        () -> new BlocklistConfig(Map.of("eng", " "), null, null, null),
        "clean.blocklists.words.eng must name a file");
  }

  private static void changed(String profile, Map<String, Double> changes) {
    CleanConfigs.of(
        List.of(),
        List.of(profile),
        Map.of(profile, CleanConfigs.thresholds(profile, changes)),
        CleanConfigs.NO_LISTS);
  }

  private static void assertRefused(Runnable creation, String message) {
    assertThatThrownBy(creation::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
