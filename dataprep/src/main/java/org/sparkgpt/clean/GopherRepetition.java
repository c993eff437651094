package org.sparkgpt.clean;

import java.util.Map;
import java.util.Optional;
import org.sparkgpt.corpus.Verdict;

/**
 * Gopher's repetition rules (arXiv 2112.11446, table A1) as datatrove's {@code
 * gopher_repetition_filter.py} writes them:
 *
 * <ul>
 *   <li>A line or paragraph is repeated if an equal one stands before it: the first copy is free.
 *   <li>Top n-gram: the length of the most frequent n-gram (the first in the text, of several) with
 *       single blanks between its words, times its count, over the length of the text. A count of
 *       one scores too.
 *   <li>Repeated n-grams: reading from the left, an n-gram seen before adds its length without
 *       blanks and is skipped as a whole; a new one is remembered and the reading moves on by one
 *       word. The sum over the length of the text.
 * </ul>
 *
 * Differences: words come from splitting at white space, and n-grams are compared word by word
 * through 64-bit hashes, while datatrove's repeated n-grams compare the joined characters, to which
 * {@code "a bc"} and {@code "ab c"} are equal.
 */
final class GopherRepetition implements Rule {
  static final String NAME = "gopher-repetition";

  private final GopherRepetitionConfig config;

  GopherRepetition(GopherRepetitionConfig config) {
    this.config = config;
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    return rejectSegments(
            "paragraph",
            text.paragraphs(),
            text.length(),
            config.maxDuplicateParagraphFraction(),
            config.maxDuplicateParagraphCharacterFraction())
        .or(
            () ->
                rejectSegments(
                    "line",
                    text.lines(),
                    text.length(),
                    config.maxDuplicateLineFraction(),
                    config.maxDuplicateLineCharacterFraction()))
        .or(() -> rejectNGrams(text));
  }

  private static Optional<Verdict> rejectSegments(
      String what, Segments segments, double length, double maxFraction, double maxCharacters) {
    Tally tally = new Tally(segments.count());
    int repeated = 0;
    long characters = 0;
    for (int i = 0; i < segments.count(); i++) {
      if (tally.add(segments.hash(i), i) > 1) {
        repeated++;
        characters += segments.length(i);
      }
    }
    double fraction = (double) repeated / segments.count();
    double characterFraction = characters / length;
    return beyond("duplicate-" + what + "s", fraction, maxFraction)
        .or(() -> beyond("duplicate-" + what + "-characters", characterFraction, maxCharacters));
  }

  private Optional<Verdict> rejectNGrams(Text text) {
    NGrams nGrams = new NGrams(text.words());
    for (Map.Entry<Integer, Double> top : config.maxTopNGramCharacterFraction().entrySet()) {
      int n = top.getKey();
      nGrams.setLength(n);
      double fraction = topCharacters(nGrams, n) / (double) text.length();
      if (fraction > top.getValue()) {
        return beyond("top-" + n + "-gram", fraction, top.getValue());
      }
    }
    for (Map.Entry<Integer, Double> repeated :
        config.maxDuplicateNGramCharacterFraction().entrySet()) {
      int n = repeated.getKey();
      nGrams.setLength(n);
      double fraction = repeatedCharacters(nGrams, n) / (double) text.length();
      if (fraction > repeated.getValue()) {
        return beyond("duplicate-" + n + "-grams", fraction, repeated.getValue());
      }
    }
    return Optional.empty();
  }

  private static long topCharacters(NGrams nGrams, int n) {
    Tally tally = new Tally(nGrams.count());
    for (int i = 0; i < nGrams.count(); i++) {
      tally.add(nGrams.hash(i), i);
    }
    int first = tally.firstOfMostFrequent();
    return first < 0 ? 0 : (long) tally.greatestCount() * (nGrams.length(first) + n - 1);
  }

  private static long repeatedCharacters(NGrams nGrams, int n) {
    Tally tally = new Tally(nGrams.count());
    long characters = 0;
    int i = 0;
    while (i < nGrams.count()) {
      if (tally.add(nGrams.hash(i), i) > 1) {
        characters += nGrams.length(i);
        i += n;
      } else {
        i++;
      }
    }
    return characters;
  }

  private static Optional<Verdict> beyond(String what, double value, double max) {
    return value > max ? Optional.of(new Verdict(NAME + "/" + what, value, max)) : Optional.empty();
  }
}
