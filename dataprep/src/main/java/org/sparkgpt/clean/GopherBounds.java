package org.sparkgpt.clean;

import java.util.Optional;
import org.sparkgpt.clean.Thresholds.Bound;
import org.sparkgpt.corpus.Verdict;

/** The bounds that all ways to write Gopher's quality rules have; what is measured differs. */
final class GopherBounds {
  private final Bound minWords;
  private final Bound maxWords;
  private final Bound minWordLength;
  private final Bound maxWordLength;
  private final Bound bulletLines;
  private final Bound ellipsisLines;
  private final Bound letterWords;
  private final StopWords stopWords;

  /**
   * @param average of the words' lengths, as verdicts name it: mean or median
   * @param distinctStopWords whether a stop word counts once
   */
  GopherBounds(Thresholds t, String average, boolean distinctStopWords) {
    minWords = t.atLeast("words", "minWords");
    maxWords = t.atMost("words", "maxWords");
    t.requireOrdered(minWords, maxWords, "minWords", "maxWords");
    String length = Character.toUpperCase(average.charAt(0)) + average.substring(1) + "WordLength";
    minWordLength = t.atLeast(average + "-word-length", "min" + length);
    maxWordLength = t.atMost(average + "-word-length", "max" + length);
    t.requireOrdered(minWordLength, maxWordLength, "min" + length, "max" + length);
    bulletLines = t.atMostFraction("bullet-lines", "maxBulletLineFraction");
    ellipsisLines = t.atMostFraction("ellipsis-lines", "maxEllipsisLineFraction");
    letterWords = t.atLeastFraction("letter-words", "minLetterWordFraction");
    stopWords = new StopWords(t.atLeast("stop-words", "minStopWords"), distinctStopWords);
  }

  Optional<Verdict> rejectWords(double words) {
    return minWords.check(words).or(() -> maxWords.check(words));
  }

  Optional<Verdict> rejectWordLength(double average) {
    return minWordLength.check(average).or(() -> maxWordLength.check(average));
  }

  Optional<Verdict> rejectLines(double withBullet, double withEllipsis) {
    return bulletLines.check(withBullet).or(() -> ellipsisLines.check(withEllipsis));
  }

  Optional<Verdict> rejectLetterWords(double fraction) {
    return letterWords.check(fraction);
  }

  Optional<Verdict> rejectStopWords(Text text) {
    return stopWords.check(text);
  }
}
