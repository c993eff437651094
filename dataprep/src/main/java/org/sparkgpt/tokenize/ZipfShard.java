package org.sparkgpt.tokenize;

import java.io.IOException;
import java.nio.IntBuffer;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A token shard to measure with: ids as frequent as words are, in random order. */
public final class ZipfShard {
  private static final int ROW_TOKENS = 2048; // the default of tokenize.rowTokens

  private ZipfShard() {}

  /**
   * Writes {@code train/part-00000-of-00001.parquet} to {@code directory}.
   *
   * @param vocabulary ids are below; id k with a probability that falls as 1/(k + 1.5)
   */
  public static TokenFile write(
      Configuration configuration, Path directory, int tokens, int vocabulary, long seed)
      throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    double range = Math.log(vocabulary + 1.0);
    int[] ids = new int[tokens];
    for (int i = 0; i < tokens; i++) {
      ids[i] = Math.min(vocabulary - 1, (int) Math.exp(random.nextDouble() * range) - 1);
    }
    String path = "train/part-00000-of-00001.parquet";
    ShardWriter writer = new ShardWriter(configuration, directory, path, Map.of(), ROW_TOKENS);
    try {
      writer.add(IntBuffer.wrap(ids), 0);
      return writer.finish();
    } catch (IOException | RuntimeException e) {
      writer.abandon();
      throw e;
    }
  }
}
