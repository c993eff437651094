package org.sparkgpt.clean;

import java.util.Optional;
import org.sparkgpt.clean.Thresholds.Bound;
import org.sparkgpt.corpus.Verdict;

/**
 * Gopher's repetition rules as datatrove's {@code gopher_repetition_filter.py} writes them:
 *
 * <ul>
 *   <li>A line or paragraph is repeated if an equal one stands before it: the first copy is free.
 *   <li>Top n-gram: the length of the most frequent n-gram (the first in the text, of several) with
 *       single blanks between its words, times its count, over the length of the text. A count of
 *       one scores too.
 *   <li>Repeated n-grams: reading from the left, an n-gram seen before adds its length without
 *       blanks and is skipped as a whole; a new one is remembered and the reading moves on by one
 *       word. They are compared without blanks too: {@code "a bc"} equals {@code "ab c"}. The sum
 *       over the length of the text.
 * </ul>
 *
 * Parity ends at the words, which come from splitting at white space instead of spaCy's tokenizer.
 */
final class RepetitionDatatrove implements Rule {
  private final Bound lines;
  private final Bound paragraphs;
  private final Bound lineCharacters;
  private final Bound paragraphCharacters;
  private final NGramRules nGramRules;
  private final Tally tally = new Tally();

  RepetitionDatatrove(Thresholds t) {
    lines = t.atMostFraction("duplicate-lines", "maxDuplicateLineFraction");
    paragraphs = t.atMostFraction("duplicate-paragraphs", "maxDuplicateParagraphFraction");
    lineCharacters =
        t.atMostFraction("duplicate-line-characters", "maxDuplicateLineCharacterFraction");
    paragraphCharacters =
        t.atMostFraction(
            "duplicate-paragraph-characters", "maxDuplicateParagraphCharacterFraction");
    nGramRules = new NGramRules(t);
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    double length = text.length();
    return rejectParagraphs(text.paragraphs(), length)
        .or(() -> rejectLines(text.rows(), length))
        .or(
            () ->
                nGramRules.reject(
                    text.words(),
                    (nGrams, counts, n) -> top(nGrams, counts, n) / length,
                    (nGrams, seen, n) -> repeated(nGrams, seen, n) / length,
                    true));
  }

  private Optional<Verdict> rejectParagraphs(Segments all, double length) {
    tally.clear(all.count());
    int repeated = 0;
    long characters = 0;
    for (int i = 0; i < all.count(); i++) {
      if (tally.add(all.hash(i), i) > 1) {
        repeated++;
        characters += all.length(i);
      }
    }
    double inRepeated = characters / length;
    return paragraphs
        .check((double) repeated / all.count())
        .or(() -> paragraphCharacters.check(inRepeated));
  }

  /** Lines as {@code re.split("\n+", text)} has them: an empty one at either end is a line. */
  private Optional<Verdict> rejectLines(Segments rows, double length) {
    tally.clear(rows.count());
    int count = 0;
    int repeated = 0;
    long characters = 0;
    for (int i = 0; i < rows.count(); i++) {
      if (rows.length(i) > 0 || i == 0 || i == rows.count() - 1) {
        count++;
        if (tally.add(rows.hash(i), i) > 1) {
          repeated++;
          characters += rows.length(i);
        }
      }
    }
    double inRepeated = characters / length;
    return lines.check((double) repeated / count).or(() -> lineCharacters.check(inRepeated));
  }

  private static double top(NGrams nGrams, Tally counts, int n) {
    NGramRules.countAll(nGrams, counts);
    int first = counts.firstOfMostFrequent();
    return (double) counts.count(nGrams.hash(first)) * (nGrams.length(first) + n - 1);
  }

  private static double repeated(NGrams nGrams, Tally seen, int n) {
    long characters = 0;
    for (int i = 0; i < nGrams.count(); ) {
      boolean again = seen.add(nGrams.hash(i), i) > 1;
      characters += again ? nGrams.length(i) : 0;
      i += again ? n : 1;
    }
    return characters;
  }
}
