package org.sparkgpt.clean;

import java.util.Optional;
import org.sparkgpt.clean.Thresholds.Bound;
import org.sparkgpt.corpus.Verdict;

/**
 * Gopher's repetition rules as Dolma's tagger {@code gopher_v1} ({@code taggers/gopher.py})
 * measures them: <em>all</em> copies of a line or n-gram count, the first one too; lines stand
 * between {@code \n}, empty ones are lines and equal to each other; characters in lines are counted
 * with their blanks but divided by those of the words; overlapping n-grams count each for itself,
 * over the characters of all n-grams. There is no rule for paragraphs. The threshold for characters
 * in repeated lines is that of Dolma's published mixes. Dolma splits at white space too: exact.
 */
final class RepetitionDolma implements Rule {
  private final Bound lines;
  private final Bound lineCharacters;
  private final NGramRules nGramRules;
  private final Tally tally = new Tally();

  RepetitionDolma(Thresholds t) {
    lines = t.atMostFraction("duplicate-lines", "maxDuplicateLineFraction");
    lineCharacters = t.atMost("duplicate-line-characters", "maxDuplicateLineCharacterFraction");
    nGramRules = new NGramRules(t);
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    Words words = text.words();
    double length = Math.max(1, words.length());
    return rejectLines(text.rows(), length)
        .or(
            () ->
                nGramRules.reject(
                    words,
                    (nGrams, counts, n) -> top(nGrams, counts) / length,
                    (nGrams, counts, n) -> repeated(nGrams, counts),
                    false));
  }

  private Optional<Verdict> rejectLines(Segments rows, double length) {
    tally.clear(rows.count());
    for (int i = 0; i < rows.count(); i++) {
      tally.add(rows.hash(i), i);
    }
    int repeated = 0;
    long characters = 0;
    for (int i = 0; i < rows.count(); i++) {
      if (tally.count(rows.hash(i)) > 1) {
        repeated++;
        characters += rows.length(i);
      }
    }
    double inRepeated = characters / length;
    return lines.check((double) repeated / rows.count()).or(() -> lineCharacters.check(inRepeated));
  }

  private static double top(NGrams nGrams, Tally counts) {
    NGramRules.countAll(nGrams, counts);
    int first = counts.firstOfMostFrequent();
    return (double) counts.count(nGrams.hash(first)) * nGrams.length(first);
  }

  private static double repeated(NGrams nGrams, Tally counts) {
    NGramRules.countAll(nGrams, counts);
    long all = 0;
    long repeated = 0;
    for (int i = 0; i < nGrams.count(); i++) {
      int length = nGrams.length(i);
      all += length;
      repeated += counts.count(nGrams.hash(i)) > 1 ? length : 0;
    }
    return (double) repeated / Math.max(1, all);
  }
}
