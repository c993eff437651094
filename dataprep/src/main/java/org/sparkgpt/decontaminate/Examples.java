package org.sparkgpt.decontaminate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.Path;

/** The examples of one evaluation set, as hashes of their words, in the order of the files. */
final class Examples {
  private final String set;
  private final Words reader = new Words();
  private final List<Path> files = new ArrayList<>();
  private long[] words = new long[1024];
  private int[] ends = new int[64];
  private int[] lines = new int[64];
  private int[] inFile = new int[64];
  private int count;
  private int wordCount;

  Examples(String set) {
    this.set = set;
  }

  void startFile(Path file) {
    files.add(file);
  }

  /**
   * @param line of the file in which the example begins, from 1
   */
  void add(String text, int line) {
    reader.read(text);
    while (reader.next()) {
      if (wordCount == words.length) {
        words = Arrays.copyOf(words, 2 * wordCount);
      }
      words[wordCount++] = reader.hash();
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
      lines = Arrays.copyOf(lines, 2 * count);
      inFile = Arrays.copyOf(inFile, 2 * count);
    }
    ends[count] = wordCount;
    lines[count] = line;
    inFile[count] = files.size() - 1;
    count++;
  }

  String set() {
    return set;
  }

  int count() {
    return count;
  }

  /** Words of all examples. */
  int wordCount() {
    return wordCount;
  }

  /** Where example {@code i} begins among all words. */
  int start(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }

  int end(int i) {
    return ends[i];
  }

  /** Hashes of the words of all examples. */
  long[] words() {
    return Arrays.copyOf(words, wordCount);
  }

  Path file(int i) {
    return files.get(inFile[i]);
  }

  /** The line of its file in which example {@code i} begins, from 1. */
  int line(int i) {
    return lines[i];
  }

  /**
   * Words of the set's n-grams, as Brown et al. 2020, appendix C, choose them: the 5th percentile
   * of the examples' lengths in words (nearest rank: the least length that 5 % do not exceed), or
   * the nearest bound.
   */
  int ngramLength(int least, int most) {
    int[] lengths = new int[count];
    for (int i = 0; i < count; i++) {
      lengths[i] = end(i) - start(i);
    }
    Arrays.sort(lengths);
    int percentile = lengths[(int) (((long) count * 5 + 99) / 100) - 1];
    return Math.max(least, Math.min(most, percentile));
  }

  /** Examples with fewer than {@code n} words. */
  int shorterThan(int n) {
    int shorter = 0;
    for (int i = 0; i < count; i++) {
      shorter += end(i) - start(i) < n ? 1 : 0;
    }
    return shorter;
  }
}
