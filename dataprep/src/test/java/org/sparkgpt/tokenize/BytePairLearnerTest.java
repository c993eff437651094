package org.sparkgpt.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BytePairLearnerTest {
  private static int id(char letter) {
    return ByteAlphabet.idOf((byte) letter);
  }

  @Test
  void learnsTheTextbookExample() {
    // aaabdaaabac: aa occurs 4 times; then Za and ab twice, and ab has the smaller left id; then
    // Z(ab) twice; then nothing twice.
    int[] merges = BytePairLearner.learn(List.of(new WordCount("aaabdaaabac", 1)), 100);
    assertThat(merges).containsExactly(id('a'), id('a'), id('a'), id('b'), 256, 257);
  }

  @Test
  void countsWeighWords() {
    List<WordCount> words =
        List.of(new WordCount("xy", 5), new WordCount("xz", 6), new WordCount("zz", 1));
    assertThat(BytePairLearner.learn(words, 10))
        .containsExactly(id('x'), id('z'), id('x'), id('y'));
    assertThat(BytePairLearner.learn(words, 1)).containsExactly(id('x'), id('z'));
    assertThat(BytePairLearner.learn(words, 0)).isEmpty();
  }

  @Test
  void theOrderOfTheWordsDoesNotMatterAndCountingAfreshGivesTheSame() {
    SplittableRandom random = new SplittableRandom(5);
    List<WordCount> words = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      StringBuilder word = new StringBuilder();
      for (int length = 1 + random.nextInt(10); length > 0; length--) {
        word.append((char) ('a' + random.nextInt(4)));
      }
      words.add(new WordCount(word.toString(), 1 + random.nextInt(3)));
    }
    int[] merges = BytePairLearner.learn(words, 150);
    assertThat(merges).isEqualTo(learnPlainly(words, 150)).hasSize(300);
    Collections.shuffle(words, new Random(6));
    assertThat(BytePairLearner.learn(words, 150)).isEqualTo(merges);
  }

  /** The definition: counts all pairs anew for each merge. */
  private static int[] learnPlainly(List<WordCount> wordCounts, int limit) {
    List<List<Integer>> words = new ArrayList<>();
    for (WordCount word : wordCounts) {
      List<Integer> ids = new ArrayList<>();
      for (byte b : word.bytes()) {
        ids.add(ByteAlphabet.idOf(b));
      }
      words.add(ids);
    }
    List<Integer> merges = new ArrayList<>();
    for (int r = 0; r < limit; r++) {
      Map<Long, Long> counts = new HashMap<>();
      for (int w = 0; w < words.size(); w++) {
        for (int i = 0; i + 1 < words.get(w).size(); i++) {
          long pair = MergeTable.pair(words.get(w).get(i), words.get(w).get(i + 1));
          counts.merge(pair, wordCounts.get(w).count(), Long::sum);
        }
      }
      long best =
          Collections.min(
              counts.keySet(),
              (p, q) ->
                  counts.get(p).equals(counts.get(q))
                      ? Long.compare(p, q)
                      : Long.compare(counts.get(q), counts.get(p)));
      int left = (int) (best >>> 32);
      int right = (int) best;
      for (List<Integer> word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          if (word.get(i) == left && word.get(i + 1) == right) {
            word.set(i, ByteAlphabet.SIZE + r);
            word.remove(i + 1);
          }
        }
      }
      merges.add(left);
      merges.add(right);
    }
    return merges.stream().mapToInt(Integer::intValue).toArray();
  }
}
