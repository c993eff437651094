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
  private final Bound minWords;
  private final Bound maxWords;
  private final Bound minWordLength;
  private final Bound maxWordLength;
  private final Bound hashes;
  private final Bound ellipses;
  private final Bound bulletLines;
  private final Bound ellipsisLines;
  private final Bound letterWords;
  private final StopWords stopWords;

  GopherDatatrove(Thresholds t) {
    minWords = t.atLeast("words", "minWords");
    maxWords = t.atMost("words", "maxWords");
    t.requireOrdered(minWords, maxWords, "minWords", "maxWords");
    minWordLength = t.atLeast("mean-word-length", "minMeanWordLength");
    maxWordLength = t.atMost("mean-word-length", "maxMeanWordLength");
    t.requireOrdered(minWordLength, maxWordLength, "minMeanWordLength", "maxMeanWordLength");
    hashes = t.atMost("hashes", "maxHashesPerWord");
    ellipses = t.atMost("ellipses", "maxEllipsesPerWord");
    bulletLines = t.atMostFraction("bullet-lines", "maxBulletLineFraction");
    ellipsisLines = t.atMostFraction("ellipsis-lines", "maxEllipsisLineFraction");
    letterWords = t.atLeastFraction("letter-words", "minLetterWordFraction");
    stopWords = new StopWords(t.atLeast("stop-words", "minStopWords"), true);
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    Words words = text.words();
    double all = words.count();
    return minWords
        .check(words.lexical())
        .or(() -> maxWords.check(words.lexical()))
        .or(() -> minWordLength.check(words.meanLexicalLength()))
        .or(() -> maxWordLength.check(words.meanLexicalLength()))
        .or(() -> hashes.check(words.hashSigns() / all))
        .or(() -> ellipses.check(words.ellipses() / all))
        .or(() -> rejectLines(text.characters()))
        .or(() -> letterWords.check(words.withLetter() / all))
        .or(() -> stopWords.check(text));
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
    double withEllipsis = ellipsisEnds / all;
    return bulletLines.check(bullets / all).or(() -> ellipsisLines.check(withEllipsis));
  }
}
