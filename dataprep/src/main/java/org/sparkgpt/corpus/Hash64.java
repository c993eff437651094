package org.sparkgpt.corpus;

/**
 * 64-bit hashing of words and word sequences, for sets and sketches inside a stage. Fast, not
 * cryptographic. MinHash signatures are built on it, so changing it makes stored ones stale.
 */
public final class Hash64 {
  /** FNV-1a's offset basis: the hash of nothing, from which {@link #append} starts. */
  public static final long START = 0xcbf29ce484222325L;

  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long GOLDEN = 0x9e3779b97f4a7c15L; // 2^64 / golden ratio, odd

  private Hash64() {}

  /** FNV-1a over UTF-16 units; {@link #mix} the result before using it, its high bits are weak. */
  public static long append(long hash, char unit) {
    return (hash ^ unit) * FNV_PRIME;
  }

  /**
   * The hash of a sequence whose beginning has the hash {@code hash} and whose last element is
   * {@code next}.
   */
  public static long append(long hash, long next) {
    return mix(hash * GOLDEN + next);
  }

  /** SplitMix64's finaliser (Stafford's variant 13): a bijection in which every bit of x counts. */
  public static long mix(long x) {
    x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }

  /** The hash of one word: as {@link #append} over its units, mixed. */
  public static long of(CharSequence word) {
    long hash = START;
    for (int i = 0; i < word.length(); i++) {
      hash = append(hash, word.charAt(i));
    }
    return mix(hash);
  }
}
