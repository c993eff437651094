package org.sparkgpt.train;

import java.util.Objects;

/**
 * A random permutation of 0..size-1 that needs no memory: a four-round Feistel network over the
 * next even power of two, walked until it lands below {@code size} (Black and Rogaway, 2002,
 * "Ciphers with arbitrary finite domains"). At most four applications are expected for one value.
 *
 * <p>The mapping is part of the checkpoint format: a changed one would replay other samples.
 */
record Permutation(long seed, long size) {
  private static final int ROUNDS = 4;

  Permutation {
    if (size < 1) {
      throw new IllegalArgumentException("a permutation of " + size + " elements");
    }
  }

  /** Where {@code index} goes. */
  long at(long index) {
    long value = Objects.checkIndex(index, size);
    int half = (64 - Long.numberOfLeadingZeros(size - 1) + 1) / 2;
    do {
      value = encrypt(value, half);
    } while (value >= size);
    return value;
  }

  private long encrypt(long value, int half) {
    long mask = (1L << half) - 1;
    long left = value >>> half;
    long right = value & mask;
    for (int round = 0; round < ROUNDS; round++) {
      long next = left ^ (Mix.of(seed, round, right) & mask);
      left = right;
      right = next;
    }
    return left << half | right;
  }
}
