package org.sparkgpt.clean;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.sparkgpt.clean.Thresholds.Bound;
import org.sparkgpt.corpus.Verdict;

/**
 * How many of the words that every text of a language has are in a text. English has Gopher's eight
 * words; the lists of the other languages are our own, see {@code stop-words.txt}. Words count as
 * they are written, capitals included. Of a language without a list nothing is asked.
 */
final class StopWords {
  private static final Map<String, long[]> LISTS = read();

  private final Bound least;
  private final boolean distinct;

  /**
   * @param distinct whether a word counts once, however often it occurs
   */
  StopWords(Bound least, boolean distinct) {
    this.least = least;
    this.distinct = distinct;
  }

  private static Map<String, long[]> read() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                StopWords.class.getResourceAsStream("stop-words.txt"), StandardCharsets.UTF_8))) {
      return in.lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .map(line -> line.split(" "))
          .collect(
              Collectors.toMap(
                  line -> line[0],
                  line -> Arrays.stream(line).skip(1).mapToLong(Words::hashOf).toArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<Verdict> check(Text text) {
    long[] list = LISTS.get(text.language());
    return list == null ? Optional.empty() : least.check(count(text.words(), list));
  }

  /** Counts no further than the threshold. */
  private int count(Words words, long[] list) {
    long found = 0; // bit n: list[n] was seen
    int count = 0;
    for (int i = 0; i < words.count() && count < least.threshold(); i++) {
      for (int s = 0; s < list.length; s++) {
        if (words.hash(i) == list[s] && !(distinct && (found >> s & 1) == 1)) {
          found |= 1L << s;
          count++;
        }
      }
    }
    return count;
  }
}
