package org.sparkgpt.train;

import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Which tokens the g-th sample of a run is: epoch after epoch, each in its own {@link ShardOrder}.
 * Step s trains on samples [s·B, (s+1)·B); of these, worker w of W takes the w-th W-th. So a run
 * that is resumed, or has another number of workers, sees the same samples at the same step.
 */
public final class DataOrder implements Serializable {
  private final long seed;
  private final long[] tokens;
  private final int context;
  private final long samplesPerEpoch;
  private transient ShardOrder order; // of the epoch asked for last
  private transient long epoch;

  /**
   * @param tokens tokens in each shard, in the manifest's order
   */
  public DataOrder(long seed, long[] tokens, int context) {
    this.seed = seed;
    this.tokens = tokens.clone();
    this.context = context;
    samplesPerEpoch = Arrays.stream(tokens).map(n -> ShardOrder.samples(n, context)).sum();
    if (samplesPerEpoch == 0) {
      throw new IllegalArgumentException(
          "no training shard holds more than model.context = "
              + context
              + " tokens; give more text or a shorter context");
    }
  }

  public long samplesPerEpoch() {
    return samplesPerEpoch;
  }

  /**
   * Shards that samples [first, first + count) lie in, in the order of their use, and the one that
   * follows them.
   */
  List<Integer> shards(long first, long count) {
    Set<Integer> shards = new LinkedHashSet<>();
    long index = first;
    while (index < first + count) {
      shards.add(at(index).shard());
      index += order.leftInShard(index % samplesPerEpoch);
    }
    shards.add(at(index).shard());
    return List.copyOf(shards);
  }

  /** The sample with the global index {@code index}. */
  ShardOrder.Sample at(long index) {
    long wanted = Objects.checkIndex(index, Long.MAX_VALUE) / samplesPerEpoch;
    if (order == null || epoch != wanted) {
      order = ShardOrder.of(seed, wanted, tokens, context);
      epoch = wanted;
    }
    return order.at(index % samplesPerEpoch);
  }
}
