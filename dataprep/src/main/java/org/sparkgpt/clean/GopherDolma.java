package org.sparkgpt.clean;

import java.util.Optional;
import org.sparkgpt.clean.Thresholds.Bound;
import org.sparkgpt.corpus.Verdict;

/**
 * Gopher's quality rules as Dolma's tagger {@code gopher_v1} ({@code taggers/gopher.py}) measures
 * them, with Gopher's thresholds: the median of the words' lengths, one rule for words that hold
 * {@code #} or {@code …} ({@code ...} is no symbol), lines between {@code \n} with the empty ones,
 * and stop words counted as often as they occur. Dolma splits at white space too: exact.
 */
final class GopherDolma implements Rule {
  private final GopherBounds bounds;
  private final Bound symbols;

  GopherDolma(Thresholds t) {
    bounds = new GopherBounds(t, "median", false);
    symbols = t.atMostFraction("symbol-words", "maxSymbolWordFraction");
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    Words words = text.words();
    double all = Math.max(1, words.count());
    return bounds
        .rejectWords(words.count())
        .or(() -> bounds.rejectWordLength(words.medianLength()))
        .or(() -> symbols.check(words.withSymbol() / all))
        .or(() -> rejectLines(text))
        .or(() -> bounds.rejectLetterWords(words.withLetter() / all))
        .or(() -> bounds.rejectStopWords(text));
  }

  private Optional<Verdict> rejectLines(Text text) {
    String characters = text.characters();
    Segments rows = text.rows();
    int bullets = 0;
    int ellipses = 0;
    for (int i = 0; i < rows.count(); i++) {
      if (rows.start(i) < rows.end(i)) {
        char first = characters.charAt(rows.start(i));
        bullets += first == '*' || first == '-' ? 1 : 0;
        ellipses += characters.charAt(rows.end(i) - 1) == '…' ? 1 : 0;
      }
    }
    double all = rows.count();
    return bounds.rejectLines(bullets / all, ellipses / all);
  }
}
