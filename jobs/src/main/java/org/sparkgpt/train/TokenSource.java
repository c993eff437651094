package org.sparkgpt.train;

import java.io.Serializable;
import java.nio.IntBuffer;

/** The token shards as an executor sees them. */
public interface TokenSource extends Serializable {
  /** The token ids of a shard, in the manifest's order of shards; not to be written to. */
  IntBuffer shard(int index);
}
