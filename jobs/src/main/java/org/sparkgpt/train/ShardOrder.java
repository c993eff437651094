package org.sparkgpt.train;

import java.util.Arrays;

/**
 * The order of one epoch: shards in random order, within a shard its samples in random order. A
 * shard of n tokens is cut into windows of {@code context} tokens, the first at an offset drawn
 * anew each epoch, so that epochs see different windows.
 *
 * <p>A pure function of (seed, epoch, tokens per shard, context); nothing else, least of all the
 * number of workers, has a say.
 */
final class ShardOrder {
  /** Where a sample lies: {@code context + 1} tokens of {@code shard} from {@code offset} on. */
  record Sample(int shard, long offset) {}

  private static final int SHARDS = 1; // what a seed is for
  private static final int SAMPLES = 2;
  private static final int CUT = 3;

  private final long seed;
  private final long epoch;
  private final long[] tokens;
  private final int context;
  private final int[] shardAt; // shards in the order of this epoch
  private final long[] firstSample; // of the shard at that place; one more entry: the total

  private ShardOrder(long seed, long epoch, long[] tokens, int context) {
    this.seed = seed;
    this.epoch = epoch;
    this.tokens = tokens;
    this.context = context;
    shardAt = new int[tokens.length];
    firstSample = new long[tokens.length + 1];
    Permutation shards = new Permutation(Mix.of(seed, epoch, SHARDS), tokens.length);
    for (int place = 0; place < tokens.length; place++) {
      shardAt[place] = Math.toIntExact(shards.at(place));
      firstSample[place + 1] = firstSample[place] + samples(tokens[shardAt[place]], context);
    }
  }

  static ShardOrder of(long seed, long epoch, long[] tokens, int context) {
    return new ShardOrder(seed, epoch, tokens.clone(), context);
  }

  /**
   * Samples in a shard of {@code tokens}: as many as fit at whatever offset is drawn, so that every
   * epoch has the same number; one if the shard is shorter than two contexts.
   */
  static long samples(long tokens, int context) {
    if (tokens <= context) {
      return 0;
    }
    return Math.max(1, (tokens - context) / context);
  }

  /** The sample at {@code index} in this epoch. */
  Sample at(long index) {
    int place = placeOf(index);
    int shard = shardAt[place];
    long count = samples(tokens[shard], context);
    long window =
        new Permutation(Mix.of(seed, epoch, SAMPLES, shard), count).at(index - firstSample[place]);
    return new Sample(shard, cut(shard, count) + window * context);
  }

  /** Samples of the shard that {@code index} lies in, from it on. */
  long leftInShard(long index) {
    return firstSample[placeOf(index) + 1] - index;
  }

  private int placeOf(long index) {
    int place = Arrays.binarySearch(firstSample, index);
    return place < 0 ? -place - 2 : lastAt(place);
  }

  /** Shards without samples share their first index with the next: the last of them is meant. */
  private int lastAt(int place) {
    int last = place;
    while (firstSample[last + 1] == firstSample[last]) {
      last++;
    }
    return last;
  }

  private long cut(int shard, long count) {
    long choices = Math.min(context, tokens[shard] - count * context);
    return Math.floorMod(Mix.of(seed, epoch, CUT, shard), choices);
  }
}
