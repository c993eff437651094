package org.sparkgpt.tokenize;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Merges the pairs of a long word in linear time, so that one endless word costs no hours: the
 * places where a merge is possible are in a linked list per merge, and the lists are worked off in
 * rank order. A merge uses lower ids only, so what it makes possible always comes later. Holds
 * scratch memory: one per thread.
 *
 * <p>While it works, {@code out} holds a token's id where its first byte was; behind that, ~last,
 * the position of its last byte, and there ~first, that of its first. Of a token of two bytes there
 * is only the latter.
 */
final class LongWordMerger {
  private static final int NONE = -1;

  /** In {@link #back}: the place is in no list. */
  private static final int UNLISTED = Integer.MIN_VALUE;

  /** Room that is kept for the next word. */
  private static final int KEPT = 1 << 16;

  private final MergeTable table;
  private final int[] heads; // per merge: the first place where it is possible
  private final BitSet possible = new BitSet(); // merges that have one
  private int[] forward = {}; // per place, in its list: the next one
  private int[] back = {}; // the one before, or ~merge at the head
  private int[] out;
  private int begin;
  private int end;

  LongWordMerger(MergeTable table) {
    this.table = table;
    heads = new int[table.capacity()];
    Arrays.fill(heads, NONE);
  }

  /** See {@link PairMerger#merge}. */
  int merge(byte[] bytes, int from, int to, int[] out, int at) {
    this.out = out;
    begin = at;
    end = at + to - from;
    reserve(to - from);
    for (int i = 0; i < to - from; i++) {
      out[at + i] = ByteAlphabet.idOf(bytes[from + i]);
    }
    for (int place = begin; place + 1 < end; place++) {
      list(place, out[place], out[place + 1]);
    }
    for (int merge = possible.nextSetBit(0); merge >= 0; merge = possible.nextSetBit(merge)) {
      workOff(merge);
    }
    int count = 0;
    for (int place = begin; place < end; ) {
      int next = next(place);
      out[begin + count++] = out[place];
      place = next;
    }
    if (forward.length > KEPT) {
      forward = back = new int[0];
    }
    this.out = null;
    return count;
  }

  private void reserve(int length) {
    if (forward.length < length) {
      int room = length > KEPT ? length : KEPT;
      forward = new int[room];
      back = new int[room];
    }
    Arrays.fill(back, 0, length, UNLISTED);
  }

  private void workOff(int merge) {
    while (heads[merge] != NONE) {
      int place = begin + heads[merge];
      int left = out[place];
      boolean isRun = out[next(place)] == left;
      while (isRun && place > begin && out[previous(place)] == left) {
        place = previous(place); // aaa: the leftmost pair goes first
      }
      while (place < end && isPossible(place, merge)) {
        join(place, ByteAlphabet.SIZE + merge);
        place = next(place);
      }
    }
    possible.clear(merge);
  }

  private boolean isPossible(int place, int merge) {
    int right = next(place);
    return right < end && table.get(out[place], out[right]) == ByteAlphabet.SIZE + merge;
  }

  private void join(int left, int whole) {
    int right = next(left);
    int behind = next(right);
    unlist(left);
    unlist(right);
    out[left] = whole;
    out[left + 1] = ~(behind - 1);
    out[behind - 1] = ~left;
    if (left > begin) {
      int before = previous(left);
      unlist(before);
      list(before, out[before], whole);
    }
    if (behind < end) {
      list(left, whole, out[behind]);
    }
  }

  /** The token behind the one at {@code place}. */
  private int next(int place) {
    if (place + 1 == end || out[place + 1] >= 0) {
      return place + 1;
    }
    int other = ~out[place + 1];
    return other == place ? place + 2 : other + 1;
  }

  private int previous(int place) {
    return out[place - 1] >= 0 ? place - 1 : ~out[place - 1];
  }

  private void list(int place, int left, int right) {
    int whole = table.get(left, right);
    if (whole == MergeTable.NONE) {
      return;
    }
    int merge = whole - ByteAlphabet.SIZE;
    int node = place - begin;
    int head = heads[merge];
    forward[node] = head;
    back[node] = ~merge;
    heads[merge] = node;
    if (head == NONE) {
      possible.set(merge);
    } else {
      back[head] = node;
    }
  }

  private void unlist(int place) {
    int node = place - begin;
    int before = back[node];
    if (before == UNLISTED) {
      return;
    }
    if (before < 0) {
      heads[~before] = forward[node];
    } else {
      forward[before] = forward[node];
    }
    if (forward[node] != NONE) {
      back[forward[node]] = before;
    }
    back[node] = UNLISTED;
  }
}
