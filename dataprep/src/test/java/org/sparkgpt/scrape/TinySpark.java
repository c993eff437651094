package org.sparkgpt.scrape;

import org.apache.spark.sql.SparkSession;

/** Sessions for tables of a few rows. */
public final class TinySpark {
  private TinySpark() {}

  public static SparkSession open(String master) {
    return SparkSession.builder()
        .master(master)
        .config("spark.sql.shuffle.partitions", 2)
        .config("spark.sql.adaptive.enabled", false) // tiny data: half the jobs
        .config("spark.sql.codegen.wholeStage", false)
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.ui.enabled", false)
        .getOrCreate();
  }
}
