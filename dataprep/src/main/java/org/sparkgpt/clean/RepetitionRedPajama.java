package org.sparkgpt.clean;

import java.util.Optional;
import org.sparkgpt.corpus.Verdict;

/**
 * Gopher's rules for n-grams as RedPajama-Data v2 ({@code quality_signals/repetitions.py}) measures
 * them, with Gopher's thresholds: words in lower case without ASCII punctuation, in NFD; a top
 * n-gram that occurs once is none; of repeated n-grams the words that any of them covers count, the
 * first copy's too, each word once. All over the characters of the words, rounded to 8 digits. The
 * words come from splitting at white space, so the profile is exact.
 */
final class RepetitionRedPajama implements Rule {
  private static final double DIGITS = 1e8;

  private final NGramRules nGramRules;

  RepetitionRedPajama(Thresholds t) {
    nGramRules = new NGramRules(t);
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    Words words = text.plainWords();
    double length = words.length();
    return nGramRules.reject(
        words,
        (nGrams, counts, n) -> rounded(top(nGrams, counts) / length),
        (nGrams, counts, n) -> rounded(repeated(words, nGrams, counts, n) / length),
        false);
  }

  private static double rounded(double fraction) {
    return Math.rint(fraction * DIGITS) / DIGITS;
  }

  private static double top(NGrams nGrams, Tally counts) {
    NGramRules.countAll(nGrams, counts);
    int first = counts.firstOfMostFrequent();
    int count = counts.count(nGrams.hash(first));
    return count <= 1 ? 0 : (double) count * nGrams.length(first);
  }

  private static double repeated(Words words, NGrams nGrams, Tally counts, int n) {
    NGramRules.countAll(nGrams, counts);
    long characters = 0;
    int covered = 0; // words before this one are counted or cannot be any more
    for (int i = 0; i < nGrams.count(); i++) {
      if (counts.count(nGrams.hash(i)) > 1) {
        for (covered = Math.max(covered, i); covered < i + n; covered++) {
          characters += words.length(covered);
        }
      }
    }
    return characters;
  }
}
