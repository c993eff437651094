package org.sparkgpt.tokenize;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Learns merges from word counts: again and again the most frequent pair of neighbours becomes a
 * token; of equally frequent pairs the one with the smallest left id, then the smallest right id.
 * Pair counts are kept up incrementally: a merge touches only the words that hold its pair. The
 * result does not depend on the order of the words.
 */
final class BytePairLearner {
  /** A pair seen once says nothing about other text. */
  static final long MIN_COUNT = 2;

  private final int[][] words; // token ids
  private final long[] counts;
  private final Map<Long, Pair> pairs = new HashMap<>();
  private final PriorityQueue<Candidate> candidates =
      new PriorityQueue<>(
          Comparator.comparingLong(Candidate::count).reversed().thenComparingLong(Candidate::pair));

  /** A pair's count as it was when queued; never below what it is now. */
  private record Candidate(long count, long pair) {}

  /** How often a pair occurs, and the words where it did at some time. */
  private static final class Pair {
    private long count;
    private int[] words = new int[2];
    private int size;

    void addWord(int word) {
      if (size > 0 && words[size - 1] == word) {
        return;
      }
      if (size == words.length) {
        words = Arrays.copyOf(words, 2 * size);
      }
      words[size++] = word;
    }
  }

  private BytePairLearner(List<WordCount> wordCounts) {
    words = new int[wordCounts.size()][];
    counts = new long[wordCounts.size()];
    for (int w = 0; w < words.length; w++) {
      byte[] bytes = wordCounts.get(w).bytes();
      words[w] = new int[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        words[w][i] = ByteAlphabet.idOf(bytes[i]);
      }
      counts[w] = wordCounts.get(w).count();
      count(w, counts[w]);
      for (int i = 0; i + 1 < bytes.length; i++) {
        pairs.get(MergeTable.pair(words[w][i], words[w][i + 1])).addWord(w);
      }
    }
    pairs.forEach((pair, state) -> candidates.add(new Candidate(state.count, pair)));
  }

  /**
   * At most {@code limit} merges in rank order, left and right id each; fewer when no pair occurs
   * twice any more.
   *
   * @param words distinct words
   */
  static int[] learn(List<WordCount> words, int limit) {
    return new BytePairLearner(words).run(limit);
  }

  private int[] run(int limit) {
    int[] merges = new int[2 * limit];
    int learnt = 0;
    while (learnt < limit && !candidates.isEmpty()) {
      Candidate best = candidates.poll();
      Pair state = pairs.get(best.pair());
      long now = state == null ? 0 : state.count;
      if (now < best.count()) { // counted before a merge took some of them
        if (now >= MIN_COUNT) {
          candidates.add(new Candidate(now, best.pair()));
        }
        continue;
      }
      if (now < MIN_COUNT) {
        break;
      }
      int left = (int) (best.pair() >>> Integer.SIZE);
      int right = (int) best.pair();
      merge(left, right, ByteAlphabet.SIZE + learnt);
      merges[2 * learnt] = left;
      merges[2 * learnt + 1] = right;
      learnt++;
    }
    return Arrays.copyOf(merges, 2 * learnt);
  }

  private void merge(int left, int right, int whole) {
    Pair state = pairs.get(MergeTable.pair(left, right));
    Set<Long> created = new HashSet<>();
    for (int i = 0; i < state.size; i++) {
      int w = state.words[i];
      int[] merged = replace(words[w], left, right, whole);
      if (merged.length == words[w].length) {
        continue; // an earlier merge took the pair out of this word
      }
      count(w, -counts[w]);
      words[w] = merged;
      count(w, counts[w]);
      for (int at = 0; at + 1 < merged.length; at++) {
        if (merged[at] == whole || merged[at + 1] == whole) {
          long pair = MergeTable.pair(merged[at], merged[at + 1]);
          pairs.get(pair).addWord(w);
          created.add(pair);
        }
      }
    }
    pairs.remove(MergeTable.pair(left, right));
    for (long pair : created) {
      candidates.add(new Candidate(pairs.get(pair).count, pair));
    }
  }

  /** Adds {@code change} to the count of every pair of word {@code w}. */
  private void count(int w, long change) {
    int[] word = words[w];
    for (int i = 0; i + 1 < word.length; i++) {
      pairs.computeIfAbsent(MergeTable.pair(word[i], word[i + 1]), pair -> new Pair()).count +=
          change;
    }
  }

  private static int[] replace(int[] word, int left, int right, int whole) {
    int[] merged = new int[word.length];
    int length = 0;
    for (int i = 0; i < word.length; i++) {
      boolean isPair = i + 1 < word.length && word[i] == left && word[i + 1] == right;
      merged[length++] = isPair ? whole : word[i];
      i += isPair ? 1 : 0;
    }
    return Arrays.copyOf(merged, length);
  }
}
