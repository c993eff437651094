package org.sparkgpt.tokenize;

import java.time.Duration;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns merges from word counts: again and again the most frequent pair of neighbours becomes a
 * token; of equally frequent pairs the one with the smallest left id, then the smallest right id.
 * Pair counts are kept up incrementally: a merge touches only the words that hold its pair. The
 * result does not depend on the order of the words.
 *
 * <p>Everything is in arrays of numbers: some 15 bytes of heap for a byte of the words, 20 for a
 * word and 40 for a pair.
 */
final class BytePairLearner {
  private static final Logger LOG = LoggerFactory.getLogger(BytePairLearner.class);

  /** A pair seen once says nothing about other text. */
  private static final long MIN_COUNT = 2;

  private static final long NANOS_BETWEEN_LINES = Duration.ofSeconds(10).toNanos();

  private final WordList words;
  private final int[] ids; // of all words
  private final int[] starts; // of each word in ids
  private final int[] lengths; // of each word now
  private final PairCounts pairs = new PairCounts();
  private final CandidateHeap candidates = new CandidateHeap(pairs);

  private BytePairLearner(WordList words) {
    this.words = words;
    ids = new int[words.byteLength()];
    starts = new int[words.size()];
    lengths = new int[words.size()];
    int end = 0;
    for (int w = 0; w < lengths.length; w++) {
      starts[w] = end;
      lengths[w] = words.length(w);
      for (int i = 0; i < lengths[w]; i++) {
        ids[end + i] = ByteAlphabet.idOf(words.byteAt(w, i));
      }
      end += lengths[w];
      for (int at = starts[w]; at + 1 < end; at++) {
        pairs.addWord(pairs.add(ids[at], ids[at + 1], words.count(w)), w);
      }
    }
    queue(0);
  }

  /**
   * At most {@code limit} merges in rank order, left and right id each; fewer when no pair occurs
   * twice any more.
   *
   * @param words distinct words
   */
  static int[] learn(WordList words, int limit) {
    return new BytePairLearner(words).run(limit);
  }

  private int[] run(int limit) {
    int[] merges = new int[2 * limit];
    int learnt = 0;
    long lastLine = System.nanoTime();
    while (learnt < limit && !candidates.isEmpty()) {
      int best = candidates.first();
      long queued = candidates.firstCount();
      candidates.removeFirst();
      long now = pairs.count(best);
      if (now < queued) { // counted before a merge took some of them
        if (now >= MIN_COUNT) {
          candidates.add(best);
        }
        continue;
      }
      merges[2 * learnt] = (int) (pairs.pair(best) >>> Integer.SIZE);
      merges[2 * learnt + 1] = (int) pairs.pair(best);
      merge(best, ByteAlphabet.SIZE + learnt);
      learnt++;
      if (System.nanoTime() - lastLine > NANOS_BETWEEN_LINES) {
        lastLine = System.nanoTime();
        LOG.info("learn tokenizer: merge {} of {}, its pair occurs {} times", learnt, limit, now);
      }
    }
    return Arrays.copyOf(merges, 2 * learnt);
  }

  private void merge(int pair, int whole) {
    int before = pairs.size();
    int left = (int) (pairs.pair(pair) >>> Integer.SIZE);
    int right = (int) pairs.pair(pair);
    int[] where = pairs.words(pair);
    int count = pairs.wordCount(pair);
    for (int i = 0; i < count; i++) {
      mergeIn(where[i], left, right, whole);
    }
    pairs.dropWords(pair);
    queue(before); // new pairs are those with the new id; the counts of others can only fall
  }

  /** Queues the pairs from an index on. */
  private void queue(int from) {
    for (int pair = from; pair < pairs.size(); pair++) {
      if (pairs.count(pair) >= MIN_COUNT) {
        candidates.add(pair);
      } else {
        pairs.dropWords(pair);
      }
    }
  }

  private void mergeIn(int w, int left, int right, int whole) {
    int start = starts[w];
    int end = start + lengths[w];
    int first = find(start, end, left, right);
    if (first == end) {
      return; // an earlier merge took the pair out of this word
    }
    // Pairs from the one before the first match to the one behind the last are counted anew.
    int changed = Math.max(start, first - 1);
    int matches = 0;
    int behind = first;
    for (int at = first; at < end; at = find(behind, end, left, right)) {
      matches++;
      behind = at + 2;
    }
    long count = words.count(w);
    for (int at = changed; at < behind && at + 1 < end; at++) {
      pairs.add(ids[at], ids[at + 1], -count);
    }
    int out = first;
    for (int at = first; at < behind; out++) {
      boolean isPair = at + 1 < behind && ids[at] == left && ids[at + 1] == right;
      ids[out] = isPair ? whole : ids[at];
      at += isPair ? 2 : 1;
    }
    System.arraycopy(ids, behind, ids, out, end - behind);
    end -= matches;
    lengths[w] -= matches;
    for (int at = changed; at < out && at + 1 < end; at++) {
      int pair = pairs.add(ids[at], ids[at + 1], count);
      if (ids[at] == whole || ids[at + 1] == whole) {
        pairs.addWord(pair, w);
      }
    }
  }

  /** Where the pair is next, or {@code end}. */
  private int find(int from, int end, int left, int right) {
    for (int at = from; at + 1 < end; at++) {
      if (ids[at] == left && ids[at + 1] == right) {
        return at;
      }
    }
    return end;
  }
}
