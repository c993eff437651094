package org.sparkgpt.tokenize;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The ids of words seen lately, so that a common word is merged once. Direct-mapped: a new word
 * takes the place of the old one in its slot, and memory is fixed (1.5 MiB). Words of at most 15
 * bytes are their own exact key: bytes in two longs, length in the top byte. Not thread-safe.
 */
final class WordCache {
  static final int MAX_WORD = 15;

  /** Bytes that must be readable behind a word's start. */
  static final int READ_AHEAD = 2 * Long.BYTES;

  private static final int SLOT_BITS = 15;
  private static final int MAX_IDS = 7;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long[] keys = new long[2 << SLOT_BITS];
  // Per slot: number of ids, then the ids.
  private final int[] values = new int[(1 + MAX_IDS) << SLOT_BITS];

  private long low;
  private long high;
  private int slot;

  /**
   * Copies the ids of the word at {@code start} to {@code out}.
   *
   * @param length at most {@link #MAX_WORD}
   * @param out room for {@link #MAX_IDS} from {@code at} on
   * @return the number of ids, 0 if the word is not here; then {@link #put} may add it
   */
  int get(byte[] utf8, int start, int length, int[] out, int at) {
    long first = (long) LONG.get(utf8, start);
    if (length <= Long.BYTES) {
      low = first & (-1L >>> (Long.SIZE - Byte.SIZE * length));
      high = (long) length << 56;
    } else {
      long second = (long) LONG.get(utf8, start + Long.BYTES);
      low = first;
      high = (second & (-1L >>> (2 * Long.SIZE - Byte.SIZE * length))) | (long) length << 56;
    }
    long hash = (low ^ Long.rotateLeft(high * 0x9E3779B97F4A7C15L, 32)) * 0xD6E8FEB86659FD93L;
    slot = (int) ((hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L >>> (Long.SIZE - SLOT_BITS));
    if (keys[2 * slot] != low || keys[2 * slot + 1] != high) {
      return 0;
    }
    int value = slot * (1 + MAX_IDS);
    int count = values[value];
    for (int i = 0; i < count; i++) {
      out[at + i] = values[value + 1 + i];
    }
    return count;
  }

  /** Keeps the ids of the word that {@link #get} did not find just now, unless they are many. */
  void put(int[] ids, int from, int count) {
    if (count > MAX_IDS) {
      return;
    }
    keys[2 * slot] = low;
    keys[2 * slot + 1] = high;
    int value = slot * (1 + MAX_IDS);
    values[value] = count;
    System.arraycopy(ids, from, values, value + 1, count);
  }
}
