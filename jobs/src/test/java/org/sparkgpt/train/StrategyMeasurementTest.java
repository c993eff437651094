package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.layer.GptConfig;

class StrategyMeasurementTest {
  private static final GptConfig LARGER =
      new GptConfig(13, 8, 1, 2, 48, 0, true, Gelu.TANH, null, DtypeChoice.F32);

  private static JavaSparkContext spark;
  @TempDir java.nio.file.Path temp;

  @BeforeAll
  static void open() {
    spark = TinyRun.spark();
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  @Test
  void dl4jSendsItsParametersThroughTheDriverAndRoundsDoNot() throws Exception {
    StrategyMeasurement small = measure(Strategy.DILOCO, TinyRun.MODEL);
    StrategyMeasurement large = measure(Strategy.DILOCO, LARGER);
    assertThat((double) large.driverBytes())
        .as("12 times the parameters")
        .isLessThan(1.1 * small.driverBytes());

    StrategyMeasurement dl4jSmall = measure(Strategy.DL4J, TinyRun.MODEL);
    StrategyMeasurement dl4jLarge = measure(Strategy.DL4J, LARGER);
    long more = large.parameters() - small.parameters();
    // A round's two workers send parameters and moments. What comes back is compressed.
    assertThat(dl4jLarge.driverBytes() - dl4jSmall.driverBytes())
        .isBetween(2 * 2 * 12L * more, 2 * 4 * 12L * more);
    assertThat(dl4jLarge.driverBytesPerToken()).isGreaterThan(5 * large.driverBytesPerToken());
  }

  @Test
  void bytesAreThoseOfResultsAndBroadcasts() throws Exception {
    DriverTraffic traffic = new DriverTraffic();
    spark.sc().addSparkListener(traffic);
    try {
      long before = traffic.bytes(spark);
      long fence = traffic.bytes(spark) - before;
      byte[] random = new byte[300_000]; // does not compress
      new SplittableRandom(1).nextBytes(random);

      spark.broadcast(random).destroy();
      long broadcast = traffic.bytes(spark);
      spark.parallelize(List.of(1), 1).map(n -> new byte[200_000]).collect();
      long result = traffic.bytes(spark);

      assertThat(broadcast - before - 2 * fence).isBetween(300_000L, 303_000L);
      assertThat(result - broadcast - fence).isBetween(200_000L, 215_000L);
    } finally {
      spark.sc().removeSparkListener(traffic);
    }
  }

  @Test
  void theSlowestWorkerOfEachRoundCounts() {
    List<Dl4jMaster.StepTime> times =
        List.of(
            new Dl4jMaster.StepTime(3, 0, 2_000_000_000L),
            new Dl4jMaster.StepTime(3, 1, 1_500_000_000L),
            new Dl4jMaster.StepTime(3, 1, 1_500_000_000L),
            new Dl4jMaster.StepTime(7, 0, 500_000_000L));

    assertThat(Dl4jMaster.slowestSeconds(times)).isCloseTo(3.5, within(1e-9));
  }

  private StrategyMeasurement measure(Strategy strategy, GptConfig model) throws Exception {
    TrainConfig config = TinyRun.config(strategy, 2, 8, 4);
    java.nio.file.Path directory = temp.resolve("run");
    StrategyMeasurement measured =
        StrategyMeasurement.of(
            spark,
            model,
            TinyRun.OPTIMIZER,
            config,
            TinyRun.SEED,
            TinyRun.DATA,
            new Path(directory.toUri()));

    assertThat(directory).doesNotExist();
    assertThat(measured.tokens()).isEqualTo(8 * 8 * 8);
    assertThat(measured.stepSeconds()).isPositive();
    assertThat(measured.outsideSeconds()).isPositive();
    assertThat(measured.loss()).isBetween(0.5, 3.0);
    return measured;
  }
}
