package org.sparkgpt.clean;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.sparkgpt.clean.DocumentLanguages.Paragraph;

/**
 * A text that was repaired and normalised.
 *
 * @param text without the paragraphs that were removed for their language
 * @param language the ISO 639-3 code of its main language; {@code und} if the text is empty
 * @param confidence the detector's probability of that language, 0 to 1
 * @param shares of all languages before any paragraph was removed, the largest first
 * @param removedParagraphs how many were
 * @param fixes what {@link TextRepair} did, by name
 */
public record Cleaned(
    String text,
    String language,
    double confidence,
    List<Share> shares,
    int removedParagraphs,
    List<String> fixes) {
  /** Part of a text, by UTF-16 units, that is in a language. */
  public record Share(String language, double share) {}

  static Cleaned empty(List<String> fixes) {
    return new Cleaned("", "und", 0, List.of(), 0, fixes);
  }

  static Cleaned of(String text, DocumentLanguages languages, List<String> fixes) {
    return new Cleaned(
        text, languages.main(), languages.confidence(), languages.shares(), 0, fixes);
  }

  /** Without the paragraphs in languages that are foreign; at least one is left. */
  static Cleaned without(
      String text, DocumentLanguages languages, Predicate<String> isForeign, List<String> fixes) {
    List<String> kept = new ArrayList<>();
    for (Paragraph paragraph : languages.paragraphs()) {
      if (!isForeign.test(paragraph.language())) {
        kept.add(text.substring(paragraph.start(), paragraph.end()));
      }
    }
    String main =
        languages.shares().stream()
            .map(Share::language)
            .filter(isForeign.negate())
            .findFirst()
            .orElseThrow();
    return new Cleaned(
        String.join(text.contains("\n\n") ? "\n\n" : "\n", kept),
        main,
        main.equals(languages.main()) ? languages.confidence() : languages.confidenceOf(main),
        languages.shares(),
        languages.paragraphs().size() - kept.size(),
        fixes);
  }
}
