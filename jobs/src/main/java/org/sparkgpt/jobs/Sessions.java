package org.sparkgpt.jobs;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
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

  static SparkSession open(String name) {
    SparkConf conf = new SparkConf();
    // spark-submit without --name gives the main class's, which tells nobody which run it was.
    if (conf.get("spark.app.name", SparkGpt.class.getName()).equals(SparkGpt.class.getName())) {
      conf.setAppName(name);
    }
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.sql.session.timeZone", "UTC");
    // A flipped bit in a Parquet page is an error, not a different document.
    conf.setIfMissing("spark.hadoop.parquet.page.verify-checksum.enabled", "true");
    NativeSettings.apply(conf);
    return SparkSession.builder().config(conf).getOrCreate();
  }
}
