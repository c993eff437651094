package org.sparkgpt.passages;

/**
 * All runs of n units of a text, one after the other, each with the hash of its units: a polynomial
 * over their hashes, modulo 2^64, rolled from one run to the next.
 */
final class Windows {
  private final Units units;
  private final int[] lengths;
  private final RollingHash rolling;
  private int read;
  private int characters;

  Windows(Units units, int n) {
    this.units = units;
    lengths = new int[n];
    rolling = new RollingHash(n);
  }

  /** Goes on to the next run; false if there is none. */
  boolean next() {
    do {
      if (!units.next()) {
        return false;
      }
      rolling.push(units.hash);
      int slot = read % lengths.length;
      characters += units.length - lengths[slot];
      lengths[slot] = units.length;
      read++;
    } while (read < lengths.length);
    return true;
  }

  /** Of the run's first unit in the text, from 0. */
  int position() {
    return read - lengths.length;
  }

  long hash() {
    return rolling.hash();
  }

  /** Code points of what is compared. */
  int characters() {
    return characters;
  }
}
