package org.sparkgpt.clean;

import java.io.Serializable;
import java.util.Map;

/**
 * Thresholds of {@link GopherRepetition}, named after what they bound; a document is dropped beyond
 * them, never at them.
 *
 * @param maxDuplicateLineFraction repeated lines among all lines
 * @param maxDuplicateParagraphFraction repeated paragraphs among all paragraphs
 * @param maxDuplicateLineCharacterFraction characters in repeated lines
 * @param maxDuplicateParagraphCharacterFraction characters in repeated paragraphs
 * @param maxTopNGramCharacterFraction by number of words: characters in all copies of the most
 *     frequent n-gram
 * @param maxDuplicateNGramCharacterFraction by number of words: characters in repeated n-grams
 */
public record GopherRepetitionConfig(
    double maxDuplicateLineFraction,
    double maxDuplicateParagraphFraction,
    double maxDuplicateLineCharacterFraction,
    double maxDuplicateParagraphCharacterFraction,
    Map<Integer, Double> maxTopNGramCharacterFraction,
    Map<Integer, Double> maxDuplicateNGramCharacterFraction)
    implements Serializable {
  private static final String KEY = "clean.gopherRepetition";

  public GopherRepetitionConfig {
    Bounds.fraction(KEY + ".maxDuplicateLineFraction", maxDuplicateLineFraction);
    Bounds.fraction(KEY + ".maxDuplicateParagraphFraction", maxDuplicateParagraphFraction);
    Bounds.fraction(KEY + ".maxDuplicateLineCharacterFraction", maxDuplicateLineCharacterFraction);
    Bounds.fraction(
        KEY + ".maxDuplicateParagraphCharacterFraction", maxDuplicateParagraphCharacterFraction);
    maxTopNGramCharacterFraction =
        Bounds.byLength(KEY + ".maxTopNGramCharacterFraction", maxTopNGramCharacterFraction);
    maxDuplicateNGramCharacterFraction =
        Bounds.byLength(
            KEY + ".maxDuplicateNGramCharacterFraction", maxDuplicateNGramCharacterFraction);
  }
}
