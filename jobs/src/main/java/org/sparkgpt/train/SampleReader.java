package org.sparkgpt.train;

import java.nio.IntBuffer;

/** Cuts samples out of the token shards, as inputs and, one token further on, targets. */
final class SampleReader {
  private final DataOrder order;
  private final TokenSource shards;
  private final int context;

  SampleReader(DataOrder order, TokenSource shards, int context) {
    this.order = order;
    this.shards = shards;
    this.context = context;
  }

  /** Samples [first, first + count) of the run, (B,T) row-major. */
  Batch read(long first, int count) {
    int[] ids = new int[count * context];
    int[] targets = new int[count * context];
    for (int b = 0; b < count; b++) {
      ShardOrder.Sample sample = order.at(first + b);
      IntBuffer tokens = shards.shard(sample.shard());
      int from = Math.toIntExact(sample.offset());
      tokens.get(from, ids, b * context, context);
      tokens.get(from + 1, targets, b * context, context);
    }
    return new Batch(ids, targets, count, context);
  }
}
