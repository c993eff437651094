package org.sparkgpt.clean;

import java.io.Serializable;
import java.util.List;

/**
 * Which documents are fit for training.
 *
 * @param repairText whether text that was read wrongly before is repaired: see {@link TextRepair}
 * @param languages ISO 639-3 codes to keep, such as {@code eng}; empty keeps every language and
 *     then {@code minLanguageConfidence} drops nothing either
 * @param minLanguageConfidence least probability, as the detector sees it, of the document's
 *     language. It grows with the length of what the detector reads: see {@link LanguageDetection}
 * @param languageCharacters how much of a document the detector reads, in UTF-16 units, unless
 *     languages mix: see {@link LanguageMix}
 * @param foreignParagraphs whether paragraphs in other languages than {@code languages} are removed
 *     from documents that have some in one of them
 * @param rules names of the rules in the order they are asked; a rule left out is off
 * @param gopherQuality thresholds of the rule {@code gopher-quality}
 * @param gopherRepetition thresholds of the rule {@code gopher-repetition}
 */
public record CleanConfig(
    boolean repairText,
    List<String> languages,
    double minLanguageConfidence,
    int languageCharacters,
    ForeignParagraphs foreignParagraphs,
    List<String> rules,
    GopherQualityConfig gopherQuality,
    GopherRepetitionConfig gopherRepetition)
    implements Serializable {
  public CleanConfig {
    languages = present("clean.languages", languages);
    rules = present("clean.rules", rules);
    for (String language : languages) {
      if (!language.matches("[a-z]{3}")) {
        throw new IllegalArgumentException(
            "clean.languages must hold ISO 639-3 codes such as eng, got '" + language + "'");
      }
    }
    if (!(minLanguageConfidence >= 0 && minLanguageConfidence <= 1)) {
      throw new IllegalArgumentException(
          "clean.minLanguageConfidence must be between 0 and 1, got " + minLanguageConfidence);
    }
    if (languageCharacters < 1) {
      throw new IllegalArgumentException(
          "clean.languageCharacters must be positive, got " + languageCharacters);
    }
    if (foreignParagraphs == null) {
      throw new IllegalArgumentException("clean.foreignParagraphs must be keep or drop");
    }
    if (foreignParagraphs == ForeignParagraphs.DROP && languages.isEmpty()) {
      throw new IllegalArgumentException(
          "clean.foreignParagraphs=drop needs clean.languages: without them none is foreign");
    }
    if (gopherQuality == null || gopherRepetition == null) {
      throw new IllegalArgumentException(
          "clean.gopherQuality and clean.gopherRepetition must both be given");
    }
    rules.forEach(Rules::requireKnown);
  }

  private static List<String> present(String key, List<String> list) {
    if (list == null) {
      throw new IllegalArgumentException(key + " must be a list, [] if there is nothing in it");
    }
    return List.copyOf(list);
  }
}
