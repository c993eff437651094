package org.sparkgpt.decontaminate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * The distinct n-grams of all evaluation sets, numbered from 0, to be looked up by hash: an
 * open-addressing table of longs, at most half full, whose entries are 32 bits of the hash and the
 * n-gram's number, behind a filter that fits into caches. What is found is compared word by word
 * with the example's words (their 64-bit hashes), so a wrong match needs two different words of one
 * hash in the same place between equal words: one in 2^64 for each pair of words that meet so.
 *
 * <p>Takes 8 bytes for each word of the sets and 30 to 48 for each distinct n-gram.
 */
final class NGramIndex implements Serializable {
  /** 1.6 GB at most; the sets of all common benchmarks together need a tenth of that. */
  static final int MAX_NGRAMS = 1 << 25;

  private static final long serialVersionUID = 1L;

  private final int most;
  private final String[] names; // of the sets
  private final int[] lengths; // distinct n, ascending
  private final int[] lengthOfSet; // n by set
  private final long[][] words; // by set
  private int[] owner = new int[1024]; // by n-gram: set whose words it is found in
  private int[] start = new int[1024]; // by n-gram: first word there
  private int[] group = new int[1024]; // by n-gram: which sets have it
  private long[] slots = new long[4096]; // hash bits << 32 | number + 1; 0: free
  private long[] filter = new long[4096 / 8]; // a bit for each hash: an eighth of the slots
  private int count;
  private final List<int[]> groups = new ArrayList<>(); // sets, ascending
  private final transient Map<List<Integer>, Integer> groupNumbers = new HashMap<>();

  private NGramIndex(String[] names, int[] lengthOfSet, long[][] words, int most) {
    this.most = most;
    this.names = names;
    this.lengthOfSet = lengthOfSet;
    this.words = words;
    TreeSet<Integer> distinct = new TreeSet<>();
    for (int n : lengthOfSet) {
      distinct.add(n);
    }
    lengths = distinct.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * @param lengthOfSet words of an n-gram, for each set
   * @param most distinct n-grams, at most {@link #MAX_NGRAMS}
   * @throws IllegalArgumentException if there are more
   */
  static NGramIndex of(List<Examples> sets, int[] lengthOfSet, int most) {
    String[] names = sets.stream().map(Examples::set).toArray(String[]::new);
    long[][] words = sets.stream().map(Examples::words).toArray(long[][]::new);
    NGramIndex index = new NGramIndex(names, lengthOfSet, words, most);
    for (int s = 0; s < sets.size(); s++) {
      int set = s;
      index.forEach(sets.get(s), s, (example, first, text) -> index.add(set, first, set, text));
    }
    return index;
  }

  /** The n-grams for which the predicate holds, numbered anew; the words are shared. */
  NGramIndex only(IntPredicate wanted) {
    NGramIndex rest = new NGramIndex(names, lengthOfSet, words, most);
    for (int gram = 0; gram < count; gram++) {
      if (wanted.test(gram)) {
        for (int set : setsOf(gram)) {
          rest.add(owner[gram], start[gram], set, read(gram));
        }
      }
    }
    return rest;
  }

  /** Is told of the n-grams of a set's examples. */
  @FunctionalInterface
  interface Visitor {
    /**
     * @param example the example's number in its set
     * @param first the n-gram's first word, among all of the set
     * @param text ends with the n-gram, whose length is its only one
     */
    void visit(int example, int first, RollingNGrams text);
  }

  /** Visits every n-gram of every example, in order. */
  void forEach(Examples examples, int set, Visitor visitor) {
    int n = lengthOfSet[set];
    RollingNGrams rolling = new RollingNGrams(n);
    for (int e = 0; e < examples.count(); e++) {
      rolling.clear();
      for (int w = examples.start(e); w < examples.end(e); w++) {
        rolling.add(words[set][w]);
        if (rolling.isFull(0)) {
          visitor.visit(e, w - n + 1, rolling);
        }
      }
    }
  }

  private void add(int owner, int first, int set, RollingNGrams text) {
    int found = find(text, 0);
    if (found >= 0) {
      group[found] = with(group[found], set);
      return;
    }
    if (count == most) {
      throw new IllegalArgumentException(
          "decontaminate.sets have more than "
              + most
              + " different n-grams, which is what memory is set apart for; look for some of the"
              + " sets in one run and for the others in another");
    }
    if (count == start.length) {
      this.owner = Arrays.copyOf(this.owner, 2 * count);
      start = Arrays.copyOf(start, 2 * count);
      group = Arrays.copyOf(group, 2 * count);
    }
    this.owner[count] = owner;
    start[count] = first;
    group[count] = with(-1, set);
    put(text.hash(0), count++);
    if (2 * count > slots.length) {
      grow();
    }
  }

  private void grow() {
    slots = new long[2 * slots.length];
    filter = new long[2 * filter.length];
    for (int gram = 0; gram < count; gram++) {
      put(read(gram).hash(0), gram);
    }
  }

  private void put(long hash, int gram) {
    int mask = slots.length - 1;
    int at = (int) hash & mask;
    while (slots[at] != 0) {
      at = at + 1 & mask;
    }
    slots[at] = hash & 0xffffffff00000000L | gram + 1;
    filter[(int) (hash >>> 38) & filter.length - 1] |= 1L << (hash >>> 32);
  }

  private RollingNGrams read(int gram) {
    RollingNGrams rolling = new RollingNGrams(lengthOfSet[owner[gram]]);
    for (int w = 0; w < lengthOfSet[owner[gram]]; w++) {
      rolling.add(words[owner[gram]][start[gram] + w]);
    }
    return rolling;
  }

  /** The group of sets {@code before} with one more, that is not smaller than those in it. */
  private int with(int before, int set) {
    int[] sets = before < 0 ? new int[0] : groups.get(before);
    if (sets.length > 0 && sets[sets.length - 1] == set) {
      return before;
    }
    int[] more = Arrays.copyOf(sets, sets.length + 1);
    more[sets.length] = set;
    return groupNumbers.computeIfAbsent(
        Arrays.stream(more).boxed().toList(),
        key -> {
          groups.add(more);
          return groups.size() - 1;
        });
  }

  int count() {
    return count;
  }

  /** The lengths that n-grams have, ascending. */
  int[] lengths() {
    return lengths;
  }

  int lengthOfSet(int set) {
    return lengthOfSet[set];
  }

  String name(int set) {
    return names[set];
  }

  int sets() {
    return names.length;
  }

  /** The sets that have this n-gram, ascending; not to be written to. */
  int[] setsOf(int gram) {
    return groups.get(group[gram]);
  }

  /** The number of the n-gram that a text ends with, of its length {@code k}; -1 if none. */
  int find(RollingNGrams text, int k) {
    long hash = text.hash(k);
    if ((filter[(int) (hash >>> 38) & filter.length - 1] >>> (hash >>> 32) & 1) == 0) {
      return -1; // 15 of 16 n-grams of a text end here, without a look into main memory
    }
    int mask = slots.length - 1;
    int at = (int) hash & mask;
    for (long slot = slots[at]; slot != 0; slot = slots[at]) {
      if ((slot ^ hash) >>> 32 == 0) {
        int gram = (int) slot - 1;
        if (matches(gram, text, text.length(k))) {
          return gram;
        }
      }
      at = at + 1 & mask;
    }
    return -1;
  }

  private boolean matches(int gram, RollingNGrams text, int n) {
    if (lengthOfSet[owner[gram]] != n) {
      return false;
    }
    long[] in = words[owner[gram]];
    int first = text.count() - n;
    for (int w = 0; w < n; w++) {
      if (in[start[gram] + w] != text.word(first + w)) {
        return false;
      }
    }
    return true;
  }
}
