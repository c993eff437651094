package org.sparkgpt.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BytePairLearnerTest {
  private record Word(String letters, long count) {}

  private static int id(char letter) {
    return ByteAlphabet.idOf((byte) letter);
  }

  private static WordList words(Word... words) {
    WordList list = new WordList();
    for (Word word : words) {
      byte[] utf8 = word.letters().getBytes(StandardCharsets.UTF_8);
      list.add(utf8, 0, utf8.length, word.count());
    }
    return list;
  }

  @Test
  void learnsTheTextbookExample() {
    // aaabdaaabac: aa occurs 4 times; then Za and ab twice, and ab has the smaller left id; then
    // Z(ab) twice; then nothing twice.
    int[] merges = BytePairLearner.learn(words(new Word("aaabdaaabac", 1)), 100);
    assertThat(merges).containsExactly(id('a'), id('a'), id('a'), id('b'), 256, 257);
  }

  @Test
  void countsWeighWords() {
    WordList words = words(new Word("xy", 5), new Word("xz", 6), new Word("zz", 1));
    assertThat(BytePairLearner.learn(words, 10))
        .containsExactly(id('x'), id('z'), id('x'), id('y'));
    assertThat(BytePairLearner.learn(words, 1)).containsExactly(id('x'), id('z'));
    assertThat(BytePairLearner.learn(words, 0)).isEmpty();
  }

  @Test
  void theOrderOfTheWordsDoesNotMatterAndCountingAfreshGivesTheSame() {
    SplittableRandom random = new SplittableRandom(5);
    for (int letters : new int[] {1, 2, 4, 20}) { // few letters: long runs of one
      List<Word> words = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        StringBuilder word = new StringBuilder();
        for (int length = 1 + random.nextInt(10); length > 0; length--) {
          word.append((char) ('a' + random.nextInt(letters)));
        }
        words.add(new Word(word.toString(), 1 + random.nextInt(3)));
      }
      int[] merges = BytePairLearner.learn(words(words.toArray(new Word[0])), 150);
      assertThat(merges).isEqualTo(learnPlainly(words, 150));
      Collections.shuffle(words, new Random(6));
      assertThat(BytePairLearner.learn(words(words.toArray(new Word[0])), 150)).isEqualTo(merges);
    }
  }

  /** The definition: counts all pairs anew for each merge. */
  private static int[] learnPlainly(List<Word> wordCounts, int limit) {
    List<List<Integer>> words = new ArrayList<>();
    for (Word word : wordCounts) {
      List<Integer> ids = new ArrayList<>();
      for (byte b : word.letters().getBytes(StandardCharsets.UTF_8)) {
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
      if (counts.values().stream().noneMatch(count -> count >= 2)) {
        break;
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
