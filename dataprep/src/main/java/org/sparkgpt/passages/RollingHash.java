package org.sparkgpt.passages;

import org.sparkgpt.corpus.Hash64;

/**
 * The hash of the last n of the numbers seen so far: sum of x_i * B^(n-1-i) modulo 2^64, mixed. The
 * numbers must be hashes themselves.
 */
final class RollingHash {
  private static final long BASE = 0xd1342543de82ef95L; // = 5 mod 8: of the longest period there is

  private final long[] ring;
  private final long leaving; // BASE^n
  private long sum;
  private int next;

  RollingHash(int n) {
    ring = new long[n];
    long power = 1;
    for (int i = 0; i < n; i++) {
      power *= BASE;
    }
    leaving = power;
  }

  void push(long x) {
    sum = sum * BASE + x - ring[next] * leaving; // what is not there yet is 0
    ring[next] = x;
    next = next + 1 == ring.length ? 0 : next + 1;
  }

  long hash() {
    return Hash64.mix(sum);
  }
}
