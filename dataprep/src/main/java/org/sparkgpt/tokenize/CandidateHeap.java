package org.sparkgpt.tokenize;

import java.util.Arrays;

/** Pairs that may be merged next, the most frequent first; of those the smallest first. */
final class CandidateHeap {
  private final PairCounts pairs;
  private int[] heap = new int[1 << 10]; // indexes of pairs
  private long[] counts = new long[1 << 10]; // as they were when queued
  private int size;

  CandidateHeap(PairCounts pairs) {
    this.pairs = pairs;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The index of the first pair. */
  int first() {
    return heap[0];
  }

  /** The first pair's count when it was added. */
  long firstCount() {
    return counts[0];
  }

  /** Queues a pair with the count that it has now. */
  void add(int pair) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size + size / 2);
      counts = Arrays.copyOf(counts, size + size / 2);
    }
    long count = pairs.count(pair);
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) / 2;
      if (!precedes(pair, count, parent)) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    heap[at] = pair;
    counts[at] = count;
  }

  void removeFirst() {
    size--;
    int pair = heap[size];
    long count = counts[size];
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && precedes(heap[child + 1], counts[child + 1], child)) {
        child++;
      }
      if (precedes(pair, count, child)) {
        break;
      }
      move(child, at);
      at = child;
    }
    heap[at] = pair;
    counts[at] = count;
  }

  private void move(int from, int to) {
    heap[to] = heap[from];
    counts[to] = counts[from];
  }

  private boolean precedes(int pair, long count, int other) {
    return count != counts[other]
        ? count > counts[other]
        : pairs.pair(pair) < pairs.pair(heap[other]);
  }
}
