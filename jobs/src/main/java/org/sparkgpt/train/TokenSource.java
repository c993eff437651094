package org.sparkgpt.train;

import java.io.Serializable;
import java.nio.IntBuffer;
import java.util.List;

/** The token shards as an executor sees them. */
public interface TokenSource extends Serializable {
  /**
   * The token ids of a shard, in the manifest's order of shards; not to be written to, and in a
   * Spark task not to be read after its end.
   */
  IntBuffer shard(int index);

  /**
   * Says which shards the calling task and its round need, in order, and which come next: they can
   * be fetched while it works, and others can go.
   */
  default void expect(List<Integer> shards) {}
}
