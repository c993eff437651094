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
        "clean.rules: unknown rule 'gopher-qualty', known are [gopher-quality, gopher-repetition]");
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
                good.gopherQuality(),
                good.gopherRepetition()),
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
                good.gopherQuality(),
                good.gopherRepetition()),
        "clean.foreignParagraphs=drop needs clean.languages: without them none is foreign");
  }

  @Test
  void thresholdsNameTheirKey() {
    GopherRepetitionConfig good = CleanConfigs.repetition();
    assertRefused(
        () -> repetition(1.5, Map.of()),
        "clean.gopherRepetition.maxDuplicateLineFraction must be between 0 and 1, got 1.5");
    assertRefused(
        () -> repetition(0.3, Map.of(1, 0.5)),
        "clean.gopherRepetition.maxTopNGramCharacterFraction: an n-gram has at least 2 words,"
            + " got 1");
    assertRefused(
        () -> CleanConfigs.quality(10),
        "clean.gopherQuality.minWords must not exceed clean.gopherQuality.maxWords, got 50.0 and"
            + " 10.0");
    assertThat(good.maxDuplicateNGramCharacterFraction().keySet())
        .containsExactly(5, 6, 7, 8, 9, 10);
  }

  private static GopherRepetitionConfig repetition(double lines, Map<Integer, Double> top) {
    return new GopherRepetitionConfig(lines, 0.3, 0.2, 0.2, top, Map.of());
  }

  private static void assertRefused(Runnable creation, String message) {
    assertThatThrownBy(creation::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
