package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkSettingsTest {
  private static SparkConf conf() {
    return new SparkConf(false).set("spark.master", "spark://x:7077");
  }

  @Test
  void defaultsAreFine() {
    assertThat(SparkSettings.examine(conf(), false).line())
        .isEqualTo("preflight: settings    spark://x:7077, spark.serializer JavaSerializer ok");
  }

  @ParameterizedTest
  @CsvSource({
    "spark.dynamicAllocation.enabled,true,set spark.dynamicAllocation.enabled=false and",
    "spark.speculation,true,set spark.speculation=false",
  })
  void whatBreaksARunIsWrong(String key, String value, String advice) {
    Finding finding = SparkSettings.examine(conf().set(key, value), false);
    assertThat(finding.wrong()).singleElement().asString().startsWith(key + "=").contains(advice);
    assertThat(SparkSettings.examine(conf().set(key, value), true).isOk())
        .as("Spark does not heed it in one process")
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "spark.task.maxFailures,1,one lost executor ends the run; set it to 4",
    "spark.stage.maxConsecutiveAttempts,1,one lost executor ends the run; set it to 4",
    "spark.cleaner.referenceTracking,false,is never freed; set it to true",
  })
  void whatHurtsARunIsDoubtful(String key, String value, String why) {
    Finding finding = SparkSettings.examine(conf().set(key, value), false);
    assertThat(finding.wrong()).isEmpty();
    assertThat(finding.doubtful()).singleElement().asString().startsWith(key + "=").contains(why);
  }
}
