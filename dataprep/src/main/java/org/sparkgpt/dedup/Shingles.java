package org.sparkgpt.dedup;

import java.util.Arrays;
import org.sparkgpt.corpus.Hash64;

/**
 * The shingles of a text, n units in a row, as 32-bit hashes. A shingle's hash is that of the one
 * before with a unit taken off and another put on, so it costs the same for every n. Holds scratch
 * memory: one per thread.
 *
 * <p>Of n distinct shingles about n / 2^32 collide with one of another text: no error in a
 * similarity that could be seen.
 */
public final class Shingles {
  /** Takes a text's shingles piece by piece, so that a long text needs no more memory. */
  @FunctionalInterface
  interface Sink {
    /**
     * @param hashes of which the first {@code count} are shingles; reused afterwards
     */
    void take(int[] hashes, int count);
  }

  private static final long BASE = 0x9e3779b97f4a7c15L; // 2^64 / golden ratio, odd

  private final ShingleUnit unit;
  private final long[] last; // a ring of the last units; the oldest is the next to be replaced
  private int place; // in the ring
  private final long oldest; // what the unit that leaves has been multiplied with
  private final int[] block = new int[1024];
  private Sink sink;
  private long rolling;
  private long units;
  private int filled;

  public Shingles(MinHashConfig config) {
    unit = config.unit();
    last = new long[config.shingleLength()];
    long power = 1;
    for (int i = 0; i < last.length; i++) {
      power *= BASE;
    }
    oldest = power;
  }

  /**
   * Passes on all shingles of a text in their order, equal ones each time.
   *
   * @return how many; 0 if the text is shorter than one shingle
   */
  long read(String text, Sink into) {
    sink = into;
    rolling = 0;
    place = 0;
    units = 0;
    filled = 0;
    unit.split(text, this::add);
    flush();
    return Math.max(0, units - last.length + 1);
  }

  private void add(long hash) {
    rolling = rolling * BASE + hash;
    if (units >= last.length) {
      rolling -= last[place] * oldest;
    }
    last[place] = hash;
    place = place + 1 == last.length ? 0 : place + 1;
    units++;
    if (units >= last.length) {
      block[filled++] = (int) (Hash64.mix(rolling) >>> 32);
      if (filled == block.length) {
        flush();
      }
    }
  }

  private void flush() {
    sink.take(block, filled);
    filled = 0;
  }

  /** The set of a text's shingles, in ascending order. */
  public int[] distinct(String text) {
    Collected all = new Collected();
    read(text, all);
    Arrays.sort(all.hashes, 0, all.count);
    int size = 0;
    for (int i = 0; i < all.count; i++) {
      if (size == 0 || all.hashes[i] != all.hashes[size - 1]) {
        all.hashes[size++] = all.hashes[i];
      }
    }
    return Arrays.copyOf(all.hashes, size);
  }

  /** Jaccard similarity of two sets in ascending order; of two empty ones NaN. */
  public static double jaccard(int[] a, int[] b) {
    int common = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      int x = a[i];
      int y = b[j];
      if (x == y) {
        common++;
      }
      i += x <= y ? 1 : 0;
      j += y <= x ? 1 : 0;
    }
    return (double) common / ((long) a.length + b.length - common);
  }

  private static final class Collected implements Sink {
    private int[] hashes = new int[1024];
    private int count;

    @Override
    public void take(int[] more, int size) {
      if (count + size > hashes.length) {
        hashes = Arrays.copyOf(hashes, Math.max(hashes.length * 3 / 2, count + size));
      }
      System.arraycopy(more, 0, hashes, count, size);
      count += size;
    }
  }
}
