package org.sparkgpt.dedup;

import java.io.Serializable;
import java.util.Arrays;
import org.sparkgpt.corpus.Hash64;

/**
 * MinHash signatures (Broder 1997) and their LSH bands.
 *
 * <p>Value k of a signature is the least of the upper 31 bits of a_k * x + b_k over all shingle
 * hashes x, in 32-bit wrapping arithmetic; a_k is odd, so each k permutes the 32-bit numbers. Two
 * sets of Jaccard similarity s agree in each value with probability s. The inner loop runs over k,
 * which the compiler turns into vector instructions.
 */
public final class MinHash implements Serializable {
  private final int bands;
  private final int rows;
  private final int[] multipliers;
  private final int[] addends;

  /**
   * @param seed selects the permutations: signatures of different seeds cannot be compared
   */
  public MinHash(MinHashConfig config, long seed) {
    bands = config.bands();
    rows = config.rowsPerBand();
    multipliers = new int[config.hashes()];
    addends = new int[config.hashes()];
    for (int k = 0; k < multipliers.length; k++) {
      long random = Hash64.append(seed, k);
      multipliers[k] = (int) random | 1;
      addends[k] = (int) (random >>> 32);
    }
  }

  /**
   * signature[k] <- min over the text's shingles x of (a[k] * x + b[k]) >>> 1.
   *
   * @param signature (bands * rowsPerBand)
   * @return whether the text has a shingle; else all values are {@code Integer.MAX_VALUE}
   */
  public boolean sign(int[] signature, Shingles shingles, String text) {
    Arrays.fill(signature, Integer.MAX_VALUE);
    return shingles.read(text, (hashes, count) -> fold(signature, hashes, count)) > 0;
  }

  /** The same of shingles that are there: the first {@code count} of {@code hashes}. */
  void sign(int[] signature, int[] hashes, int count) {
    Arrays.fill(signature, Integer.MAX_VALUE);
    fold(signature, hashes, count);
  }

  private void fold(int[] signature, int[] hashes, int count) {
    for (int i = 0; i < count; i++) {
      fold(signature, hashes[i], multipliers, addends);
    }
  }

  private static void fold(int[] signature, int x, int[] a, int[] b) {
    for (int k = 0; k < signature.length; k++) {
      int more = (a[k] * x + b[k] >>> 1) - signature[k]; // of 31-bit numbers: cannot overflow
      signature[k] += more & more >> 31; // the least of the two; Java 17 has no vectors of Math.min
    }
  }

  /**
   * keys[b] <- hash of b and signature[b, :]. Equal for two documents if they agree in band b.
   *
   * @param keys (bands)
   * @param signature (bands, rowsPerBand), row-major
   */
  public void bandKeys(long[] keys, int[] signature) {
    for (int b = 0; b < bands; b++) {
      long key = b;
      for (int r = 0; r < rows; r++) {
        key = Hash64.append(key, signature[b * rows + r]);
      }
      keys[b] = key;
    }
  }
}
