package org.sparkgpt.clean;

import java.util.Optional;
import org.sparkgpt.clean.Thresholds.Bound;
import org.sparkgpt.corpus.Verdict;

/**
 * Gopher's rules for n-grams (arXiv 2112.11446, table A1): the most frequent n-gram of 2, 3 and 4
 * words, then repeated n-grams of 5 to 10. Profiles differ in what they measure and divide by.
 */
final class NGramRules {
  private static final int SHORTEST = 2;
  private static final int LONGEST_TOP = 4;
  private static final int LONGEST = 10;

  private final Bound[] bounds = new Bound[LONGEST + 1]; // by number of words
  private final NGrams nGrams = new NGrams();
  private final Tally tally = new Tally();

  /** A fraction of the text's characters. */
  @FunctionalInterface
  interface Measure {
    /**
     * @param tally empty
     */
    double of(NGrams nGrams, Tally tally, int n);
  }

  NGramRules(Thresholds t) {
    for (int n = SHORTEST; n <= LONGEST; n++) {
      bounds[n] =
          n <= LONGEST_TOP // counted with overlaps, so that it can be beyond 1
              ? t.atMost("top-" + n + "-gram", "maxTop" + n + "GramCharacterFraction")
              : t.atMostFraction(
                  "duplicate-" + n + "-grams", "maxDuplicate" + n + "GramCharacterFraction");
    }
  }

  /**
   * @param joined whether repeated n-grams are compared as {@link NGrams#read} says
   */
  Optional<Verdict> reject(Words words, Measure top, Measure repeated, boolean joined) {
    nGrams.read(words, false);
    Optional<Verdict> verdict = Optional.empty();
    for (int n = SHORTEST; n <= LONGEST && n <= words.count() && verdict.isEmpty(); n++) {
      if (n == LONGEST_TOP + 1 && joined) {
        nGrams.read(words, true);
      }
      nGrams.grow(n);
      tally.clear(nGrams.count());
      verdict = bounds[n].check((n <= LONGEST_TOP ? top : repeated).of(nGrams, tally, n));
    }
    nGrams.clear(); // what a large text takes is not held beside what the next rule takes for it
    tally.clear(0);
    return verdict;
  }

  /** Counts all n-grams of the text. */
  static void countAll(NGrams nGrams, Tally tally) {
    for (int i = 0; i < nGrams.count(); i++) {
      tally.add(nGrams.hash(i), i);
    }
  }
}
