package org.sparkgpt.clean;

import java.util.List;
import java.util.Optional;
import org.sparkgpt.corpus.Hash64;
import org.sparkgpt.corpus.Verdict;

/**
 * Gopher's quality rules (arXiv 2112.11446, A.1.1) as datatrove's {@code gopher_quality_filter.py}
 * writes them, with one difference: words come from splitting at white space instead of spaCy's
 * tokenizer, which has no exact twin in Java. The stop words are English, so only texts in English
 * have to hold them.
 */
final class GopherQuality implements Rule {
  static final String NAME = "gopher-quality";

  private static final String ENGLISH = "eng";

  private final GopherQualityConfig config;
  private final long[] stopWords;

  GopherQuality(GopherQualityConfig config) {
    this.config = config;
    List<String> distinct = config.stopWords().stream().distinct().toList();
    stopWords = distinct.stream().mapToLong(Hash64::of).toArray();
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    double words = text.words().count();
    return within("words", text.lexicalWords(), config.minWords(), config.maxWords())
        .or(
            () ->
                within(
                    "mean-word-length",
                    text.meanLexicalWordLength(),
                    config.minMeanWordLength(),
                    config.maxMeanWordLength()))
        .or(() -> atMost("hashes", text.hashes() / words, config.maxHashesPerWord()))
        .or(() -> atMost("ellipses", text.ellipses() / words, config.maxEllipsesPerWord()))
        .or(
            () ->
                atMost(
                    "bullet-lines",
                    (double) text.bulletRows() / text.rows(),
                    config.maxBulletLineFraction()))
        .or(
            () ->
                atMost(
                    "ellipsis-lines",
                    (double) text.ellipsisRows() / text.rows(),
                    config.maxEllipsisLineFraction()))
        .or(
            () ->
                atLeast(
                    "letter-words", text.wordsWithLetter() / words, config.minLetterWordFraction()))
        .or(() -> rejectStopWords(text));
  }

  private Optional<Verdict> rejectStopWords(Text text) {
    if (!text.language().equals(ENGLISH)) {
      return Optional.empty();
    }
    boolean[] found = new boolean[stopWords.length];
    int distinct = 0;
    Segments words = text.words();
    for (int i = 0; i < words.count() && distinct < config.minStopWords(); i++) {
      for (int s = 0; s < stopWords.length; s++) {
        if (words.hash(i) == stopWords[s] && !found[s]) {
          found[s] = true;
          distinct++;
        }
      }
    }
    return atLeast("stop-words", distinct, config.minStopWords());
  }

  private static Optional<Verdict> within(String what, double value, double min, double max) {
    return atLeast(what, value, min).or(() -> atMost(what, value, max));
  }

  private static Optional<Verdict> atLeast(String what, double value, double min) {
    return value < min ? Optional.of(verdict(what, value, min)) : Optional.empty();
  }

  private static Optional<Verdict> atMost(String what, double value, double max) {
    return value > max ? Optional.of(verdict(what, value, max)) : Optional.empty();
  }

  private static Verdict verdict(String what, double value, double threshold) {
    return new Verdict(NAME + "/" + what, value, threshold);
  }
}
