package org.sparkgpt.clean;

import java.util.Optional;
import org.sparkgpt.clean.Thresholds.Bound;
import org.sparkgpt.corpus.Verdict;

/**
 * Gopher's quality rules (arXiv 2112.11446, A.1.1) as datatrove's {@code gopher_quality_filter.py}
 * writes them. Parity ends at the words: they come from splitting at white space instead of spaCy's
 * tokenizer, which has no exact twin in Java and cuts marks off words. Stop words count once each.
 */
final class GopherDatatrove implements Rule {
  private final GopherBounds bounds;
  private final Bound hashes;
  private final Bound ellipses;

  GopherDatatrove(Thresholds t) {
    bounds = new GopherBounds(t, "mean", true);
    hashes = t.atMost("hashes", "maxHashesPerWord");
    ellipses = t.atMost("ellipses", "maxEllipsesPerWord");
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    Words words = text.words();
    double all = words.count();
    return bounds
        .rejectWords(words.lexical())
        .or(() -> bounds.rejectWordLength(words.meanLexicalLength()))
        .or(() -> hashes.check(words.hashSigns() / all))
        .or(() -> ellipses.check(words.ellipses() / all))
        .or(() -> rejectLines(text.characters()))
        .or(() -> bounds.rejectLetterWords(words.withLetter() / all))
        .or(() -> bounds.rejectStopWords(text));
  }

  /** Lines as Python's {@code splitlines} has them: empty ones count, none is behind the last. */
  private Optional<Verdict> rejectLines(String text) {
    int lines = 0;
    int bullets = 0;
    int ellipsisEnds = 0;
    for (int start = 0, end; start < text.length(); start = Characters.nextLine(text, end)) {
      end = Characters.lineEnd(text, start);
      int first = Characters.skipWhite(text, start, end);
      int last = Characters.trimWhite(text, first, end);
      lines++;
      if (first < last) {
        bullets += text.charAt(first) == '•' || text.charAt(first) == '-' ? 1 : 0;
        boolean dots = Characters.endsWith(text, first, last, "...");
        ellipsisEnds += dots || text.charAt(last - 1) == '…' ? 1 : 0;
      }
    }
    double all = lines;
    return bounds.rejectLines(bullets / all, ellipsisEnds / all);
  }
}
