package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class NativeSettingsTest {
  private static final String OPTIONS = "spark.executor.extraJavaOptions";

  @Test
  void executorsHaveNoBoundOfJavaCppsOwn() {
    SparkConf conf = new SparkConf(false);
    NativeSettings.apply(conf);

    assertThat(conf.get(OPTIONS))
        .isEqualTo("-Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0");
  }

  @Test
  void optionsOfTheUserStay() {
    SparkConf conf =
        new SparkConf(false).set(OPTIONS, "-Xss4m -Dorg.bytedeco.javacpp.maxphysicalbytes=8g");
    NativeSettings.apply(conf);

    assertThat(conf.get(OPTIONS))
        .isEqualTo(
            "-Xss4m -Dorg.bytedeco.javacpp.maxphysicalbytes=8g -Dorg.bytedeco.javacpp.maxbytes=0");
  }
}
