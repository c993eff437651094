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
  private final Bound minWords;
  private final Bound maxWords;
  private final Bound minWordLength;
  private final Bound maxWordLength;
  private final Bound symbols;
  private final Bound bulletLines;
  private final Bound ellipsisLines;
  private final Bound letterWords;
  private final StopWords stopWords;

  GopherDolma(Thresholds t) {
    minWords = t.atLeast("words", "minWords");
    maxWords = t.atMost("words", "maxWords");
    t.requireOrdered(minWords, maxWords, "minWords", "maxWords");
    minWordLength = t.atLeast("median-word-length", "minMedianWordLength");
    maxWordLength = t.atMost("median-word-length", "maxMedianWordLength");
    t.requireOrdered(minWordLength, maxWordLength, "minMedianWordLength", "maxMedianWordLength");
    symbols = t.atMostFraction("symbol-words", "maxSymbolWordFraction");
    bulletLines = t.atMostFraction("bullet-lines", "maxBulletLineFraction");
    ellipsisLines = t.atMostFraction("ellipsis-lines", "maxEllipsisLineFraction");
    letterWords = t.atLeastFraction("letter-words", "minLetterWordFraction");
    stopWords = new StopWords(t.atLeast("stop-words", "minStopWords"), false);
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    Words words = text.words();
    double all = Math.max(1, words.count());
    return minWords
        .check(words.count())
        .or(() -> maxWords.check(words.count()))
        .or(() -> rejectWordLength(words.medianLength()))
        .or(() -> symbols.check(words.withSymbol() / all))
        .or(() -> rejectLines(text))
        .or(() -> letterWords.check(words.withLetter() / all))
        .or(() -> stopWords.check(text));
  }

  private Optional<Verdict> rejectWordLength(double median) {
    return minWordLength.check(median).or(() -> maxWordLength.check(median));
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
    double withEllipsis = ellipses / all;
    return bulletLines.check(bullets / all).or(() -> ellipsisLines.check(withEllipsis));
  }
}
