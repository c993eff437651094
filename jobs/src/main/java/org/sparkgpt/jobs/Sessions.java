package org.sparkgpt.jobs;

import java.util.Collection;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.train.Strategy;
import scala.Tuple2;

/** Opens the Spark session; what Spark is told elsewhere (spark-submit, its defaults file) wins. */
final class Sessions {
  private Sessions() {}

  /** Hadoop's settings with those given to Spark as {@code spark.hadoop.*}; needs no session. */
  static Configuration hadoopConfiguration() {
    Configuration hadoop = new Configuration();
    for (Tuple2<String, String> setting : new SparkConf().getAllWithPrefix("spark.hadoop.")) {
      hadoop.set(setting._1(), setting._2());
    }
    return hadoop;
  }

  /**
   * A session for any stage. Shuffles of documents, ids and hashes are a tenth smaller with zstd
   * than with Spark's default, lz4.
   *
   * @param strategies that it may train with; only {@code dl4j} makes a difference
   */
  static SparkSession open(String name, Collection<Strategy> strategies) {
    SparkConf conf = new SparkConf().setIfMissing("spark.io.compression.codec", "zstd");
    return open(name, strategies, conf);
  }

  /** A session whose shuffles carry little but parameters: floats, which do not compress. */
  static SparkSession openForTraining(String name, Collection<Strategy> strategies) {
    SparkConf conf = new SparkConf().setIfMissing("spark.shuffle.compress", "false");
    return open(name, strategies, conf);
  }

  private static SparkSession open(String name, Collection<Strategy> strategies, SparkConf conf) {
    // spark-submit without --name gives the main class's, which tells nobody which run it was.
    if (conf.get("spark.app.name", SparkGpt.class.getName()).equals(SparkGpt.class.getName())) {
      conf.setAppName(name);
    }
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.sql.session.timeZone", "UTC");
    // A flipped bit in a Parquet page is an error, not a different document.
    conf.setIfMissing("spark.hadoop.parquet.page.verify-checksum.enabled", "true");
    // A worker's state is worth a transfer, never a wait: a new executor gets its task at once,
    // and copies of the others' state from the next round on.
    conf.setIfMissing("spark.locality.wait", "0s");
    conf.setIfMissing("spark.storage.cachedPeersTtl", "1000"); // milliseconds
    // With few partitions Spark writes a shuffle twice: a file for each partition, then one of all.
    conf.setIfMissing("spark.shuffle.sort.bypassMergeThreshold", "0");
    if (!strategies.contains(Strategy.DL4J)) { // Preflight says what it would do to that
      // Larger blocks go from machine to machine through files, not through several copies in the
      // heap on either side: the state of a worker is one block.
      conf.setIfMissing("spark.network.maxRemoteBlockSizeFetchToMem", "16m");
    }
    NativeSettings.apply(conf);
    return SparkSession.builder().config(conf).getOrCreate();
  }
}
