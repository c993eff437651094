package org.sparkgpt.clean;

import java.io.Serializable;
import java.util.List;

/**
 * Thresholds of {@link GopherQuality}, named after what they bound; a document is dropped beyond
 * them, never at them.
 *
 * @param minWords least words that are not punctuation only
 * @param maxWords most such words
 * @param minMeanWordLength least mean length of those words, in code points
 * @param maxMeanWordLength greatest mean length of those words, in code points
 * @param maxHashesPerWord occurrences of {@code #} per word
 * @param maxEllipsesPerWord occurrences of {@code ...} and {@code …} per word
 * @param maxBulletLineFraction lines that begin with {@code •} or {@code -}
 * @param maxEllipsisLineFraction lines that end with {@code ...} or {@code …}
 * @param minLetterWordFraction words that hold a letter of any script
 * @param minStopWords how many different stop words a document must hold at least, if its language
 *     is English
 * @param stopWords the stop words; compared as they are written, so capitals count
 */
public record GopherQualityConfig(
    int minWords,
    int maxWords,
    double minMeanWordLength,
    double maxMeanWordLength,
    double maxHashesPerWord,
    double maxEllipsesPerWord,
    double maxBulletLineFraction,
    double maxEllipsisLineFraction,
    double minLetterWordFraction,
    int minStopWords,
    List<String> stopWords)
    implements Serializable {
  private static final String KEY = "clean.gopherQuality";

  public GopherQualityConfig {
    Bounds.notNegative(KEY + ".minWords", minWords);
    Bounds.ordered(KEY, "minWords", minWords, "maxWords", maxWords);
    Bounds.notNegative(KEY + ".minMeanWordLength", minMeanWordLength);
    Bounds.ordered(
        KEY, "minMeanWordLength", minMeanWordLength, "maxMeanWordLength", maxMeanWordLength);
    Bounds.notNegative(KEY + ".maxHashesPerWord", maxHashesPerWord);
    Bounds.notNegative(KEY + ".maxEllipsesPerWord", maxEllipsesPerWord);
    Bounds.fraction(KEY + ".maxBulletLineFraction", maxBulletLineFraction);
    Bounds.fraction(KEY + ".maxEllipsisLineFraction", maxEllipsisLineFraction);
    Bounds.fraction(KEY + ".minLetterWordFraction", minLetterWordFraction);
    Bounds.notNegative(KEY + ".minStopWords", minStopWords);
    if (stopWords == null || stopWords.size() < minStopWords) {
      throw new IllegalArgumentException(
          KEY + ".stopWords must hold at least minStopWords = " + minStopWords + " words");
    }
    stopWords = List.copyOf(stopWords);
  }
}
