package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.ParameterLayout;

/** Rounds whose changes travel in {@link DeltaEncoding}s. */
class DeltaTrainingTest {
  private static final long PARAMETERS = ParameterLayout.of(TinyRun.MODEL).length();

  private static JavaSparkContext spark;
  @TempDir java.nio.file.Path temp;
  private int runs;

  @BeforeAll
  static void open() {
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("delta-training-test")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.shuffle.compress", "false")); // its bytes are compared
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  private static TrainConfig config(
      Strategy strategy, int workers, int steps, int localSteps, DeltaEncoding deltas) {
    return TinyRun.withDeltas(TinyRun.config(strategy, workers, steps, localSteps), deltas);
  }

  private static TrainConfig withCheckpoints(TrainConfig config) {
    return TinyRun.withCheckpoints(config, 4, 9, null);
  }

  @ParameterizedTest
  @CsvSource({"DILOCO, BF16", "DILOCO, INT8", "AVERAGE, BF16", "AVERAGE, INT8"})
  void aResumedRunEndsWithTheBitsOfAnUninterruptedOne(Strategy strategy, DeltaEncoding deltas) {
    TrainConfig config = withCheckpoints(config(strategy, 2, 12, 2, deltas));
    Path interrupted = directory();

    assertThatThrownBy(() -> run(config, interrupted, failAt(10))).hasMessage("interrupted at 10");
    TrainReport resumed = run(config, interrupted, RoundListener.NONE);

    assertThat(resumed.resumedFrom()).isEqualTo(8);
    float[] uninterrupted = parameters(config);
    assertThat(TinyRun.parameters(resumed)).isEqualTo(uninterrupted);
    assertThat(uninterrupted).isNotEqualTo(parameters(withDeltas(config, DeltaEncoding.FP32)));
  }

  @ParameterizedTest
  @EnumSource(names = {"BF16", "INT8"})
  void lossyDeltasTrainAsWellAsExactOnes(DeltaEncoding deltas) {
    TrainConfig exact = config(Strategy.DILOCO, 2, 60, 5, DeltaEncoding.FP32);

    double loss = run(exact, directory(), RoundListener.NONE).loss();
    double lossy = run(withDeltas(exact, deltas), directory(), RoundListener.NONE).loss();

    assertThat(loss).isLessThan(0.75 * Math.log(13));
    assertThat(lossy).isCloseTo(loss, within(0.02 * loss));
  }

  @Test
  void aCheckpointHoldsTheResidualsOfALossyRun() {
    for (DeltaEncoding deltas : DeltaEncoding.values()) {
      TrainReport report =
          run(config(Strategy.AVERAGE, 2, 4, 2, deltas), directory(), RoundListener.NONE);

      Checkpoint checkpoint = TinyRun.lastCheckpoint(report);
      assertThat(checkpoint.manifest().inner())
          .isEqualTo(deltas.lossy() ? List.of("m", "v", "residual") : List.of("m", "v"));
      long segments = 1 + 2L * checkpoint.manifest().inner().size(); // 2 workers' inner ones
      assertThat(checkpoint.manifest().bytes())
          .isBetween(
              segments * PARAMETERS * Float.BYTES, segments * PARAMETERS * Float.BYTES + 500);
    }
  }

  @Test
  void encodingStrategyAndWorkersMayChangeOnResume() {
    Path directory = directory();
    List<TrainConfig> legs =
        List.of(
            config(Strategy.DILOCO, 2, 20, 2, DeltaEncoding.INT8),
            config(Strategy.DILOCO, 2, 20, 2, DeltaEncoding.BF16),
            config(Strategy.AVERAGE, 4, 20, 2, DeltaEncoding.FP32),
            config(Strategy.DILOCO, 1, 20, 2, DeltaEncoding.INT8));
    for (int leg = 0; leg < legs.size(); leg++) {
      TrainConfig config = withCheckpoints(legs.get(leg));
      int end = 4 * leg + 6;
      assertThatThrownBy(() -> run(config, directory, failAt(end)))
          .as("leg " + leg)
          .hasMessage("interrupted at " + end);
    }
    TrainReport report =
        run(
            withCheckpoints(config(Strategy.DILOCO, 4, 20, 2, DeltaEncoding.INT8)),
            directory,
            RoundListener.NONE);

    assertThat(report.resumedFrom()).isEqualTo(16);
    assertThat(report.loss()).isLessThan(Math.log(13));
  }

  @Test
  void whatAnExactRunIsResumedWithDependsOnNothingAnotherEncodingLeftBehind() {
    Path one = directory();
    TrainConfig lossy = withCheckpoints(config(Strategy.AVERAGE, 1, 8, 2, DeltaEncoding.INT8));
    assertThatThrownBy(() -> run(lossy, one, failAt(6))).hasMessage("interrupted at 6");

    TrainReport report = run(withDeltas(lossy, DeltaEncoding.FP32), one, RoundListener.NONE);

    assertThat(report.resumedFrom()).isEqualTo(4);
    assertThat(TinyRun.lastCheckpoint(report).manifest().inner()).containsExactly("m", "v");
  }

  @ParameterizedTest
  @EnumSource(names = {"BF16", "INT8"})
  void aChangeThatCannotBeSentStopsTheRunWithItsParameter(DeltaEncoding deltas) {
    var wild = new AdamWConfig(2e38, 2e38, 0, 0.9, 0.99, 1e-8, 0, 1.0);
    TrainConfig config = config(Strategy.AVERAGE, 1, 2, 1, deltas);

    assertThatThrownBy(() -> TinyRun.train(spark, TinyRun.MODEL, wild, config, directory()))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("diverged at step 0 on worker 0")
        .hasMessageMatching(".*(weight|bias) changed by -?\\d\\S+E38 in a round.*");
  }

  @ParameterizedTest
  @EnumSource
  void theReportedBytesAreThoseOfTheShuffle(DeltaEncoding deltas) throws Exception {
    AtomicLong shuffled = new AtomicLong();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            shuffled.addAndGet(end.taskMetrics().shuffleWriteMetrics().bytesWritten());
          }
        };
    List<Long> reported = new ArrayList<>();
    TrainConfig config = config(Strategy.DILOCO, 2, 20, 2, deltas);
    spark.sc().addSparkListener(listener);
    try {
      run(config, directory(), listen(round -> reported.add(round.bytes())));
      spark.sc().listenerBus().waitUntilEmpty();
    } finally {
      spark.sc().removeSparkListener(listener);
    }

    long bytes = reported.stream().mapToLong(Long::longValue).sum();
    long initial = PARAMETERS * Float.BYTES; // the new network's parameters, to their owners
    assertThat(reported).hasSize(10).allMatch(b -> b.equals(reported.get(0)));
    // keys, reports and the serializer's headers come on top
    assertThat((double) shuffled.get() - initial).isBetween(1.0 * bytes, 1.2 * bytes);
  }

  private static TrainConfig withDeltas(TrainConfig config, DeltaEncoding deltas) {
    return TinyRun.withDeltas(config, deltas);
  }

  private Path directory() {
    return new Path(temp.resolve("run-" + runs++).toUri());
  }

  private static RoundListener failAt(int step) {
    return listen(
        round -> {
          if (round.step() == step) {
            throw new IllegalStateException("interrupted at " + step);
          }
        });
  }

  private static RoundListener listen(Consumer<RoundReport> consumer) {
    return new RoundListener() {
      @Override
      public void roundEnded(RoundReport round) {
        consumer.accept(round);
      }
    };
  }

  private static TrainReport run(TrainConfig config, Path directory, RoundListener listener) {
    return TinyRun.train(spark, config, TinyRun.DATA, directory, listener);
  }

  private float[] parameters(TrainConfig config) {
    return TinyRun.parameters(run(config, directory(), RoundListener.NONE));
  }
}
