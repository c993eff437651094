package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.GptNetwork;
import org.sparkgpt.layer.TrainingStep;

class TrainingTest {
  private static JavaSparkContext spark;
  @TempDir java.nio.file.Path temp;
  private int runs;

  @BeforeAll
  static void open() {
    spark = TinyRun.spark();
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  @Test
  void oneWorkerAveragingIsPlainLocalTrainingToTheBit() {
    TrainConfig config = TinyRun.config(Strategy.AVERAGE, 1, 12, 5);

    for (GptConfig model : List.of(TinyRun.MODEL, TinyRun.WITH_DROPOUT)) {
      TrainReport report = run(model, TinyRun.OPTIMIZER, config, directory(), RoundListener.NONE);
      assertThat(TinyRun.parameters(report)).isEqualTo(local(model, TinyRun.OPTIMIZER, config));
    }
  }

  @Test
  void oneWorkerDiLoCoWithRateOneAndNoMomentumIsPlainLocalTrainingToTheBit() {
    TrainConfig config = TinyRun.withOuter(TinyRun.config(Strategy.DILOCO, 1, 12, 5), 1, 0);

    assertThat(parameters(config)).isEqualTo(local(TinyRun.MODEL, TinyRun.OPTIMIZER, config));
  }

  /**
   * AdamW is plain SGD at rate {@code learningRate / epsilon} when epsilon is far above every
   * gradient and nothing is averaged over time: then the root of the squared gradient vanishes
   * beside it.
   */
  @Test
  void averagingSingleStepsOfPlainSgdIsSgdOnTheWholeBatch() {
    double epsilon = 1e6;
    AdamWConfig sgd = new AdamWConfig(0.2 * epsilon, 0.02 * epsilon, 4, 0, 0, epsilon, 0, 1e6);
    float[] start = local(TinyRun.MODEL, sgd, TinyRun.config(Strategy.AVERAGE, 1, 24, 1), 0);
    for (int workers : new int[] {1, 2, 4}) {
      TrainConfig config = TinyRun.config(Strategy.AVERAGE, workers, 24, 1);

      float[] whole = local(TinyRun.MODEL, sgd, config);
      float[] averaged =
          TinyRun.parameters(run(TinyRun.MODEL, sgd, config, directory(), RoundListener.NONE));

      double moved = 0;
      for (int i = 0; i < whole.length; i++) {
        moved = Math.max(moved, Math.abs(whole[i] - start[i]));
        assertThat(averaged[i])
            .as(workers + " workers, element " + i)
            .isCloseTo(whole[i], within(2e-6f));
      }
      assertThat(moved).as("largest change of a parameter").isGreaterThan(0.1);
    }
  }

  @Test
  void diLoCoTakesItsOuterStepFromTheFirstRoundOn() {
    TrainConfig diloco = TinyRun.config(Strategy.DILOCO, 2, 4, 4);
    float[] start = local(TinyRun.MODEL, TinyRun.OPTIMIZER, diloco, 0);
    float[] mean = parameters(TinyRun.config(Strategy.AVERAGE, 2, 4, 4));

    float[] after = parameters(diloco);

    for (int i = 0; i < start.length; i++) { // momentum begins at zero: d + momentum d
      double expected = start[i] - 0.7 * 1.9 * (start[i] - (double) mean[i]);
      assertThat((double) after[i]).as("element " + i).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void diLoCoWithRateOneAndNoMomentumIsAveragingToTheBit() {
    TrainConfig diloco = TinyRun.withOuter(TinyRun.config(Strategy.DILOCO, 2, 12, 4), 1, 0);

    assertThat(parameters(diloco))
        .isEqualTo(parameters(TinyRun.config(Strategy.AVERAGE, 2, 12, 4)));
  }

  @ParameterizedTest
  @EnumSource(names = {"DILOCO", "AVERAGE", "SYNC"})
  void twoWorkersGiveTheSameBitsEveryTime(Strategy strategy) {
    TrainConfig config = TinyRun.config(strategy, 2, 9, 3);

    assertThat(parameters(config)).isEqualTo(parameters(config));
  }

  @ParameterizedTest
  @EnumSource(names = {"DILOCO", "AVERAGE", "SYNC", "DL4J"})
  void theLossFalls(Strategy strategy) {
    List<Double> losses = new ArrayList<>();

    TrainReport report =
        run(TinyRun.config(strategy, 2, 40, 5), directory(), listen(r -> losses.add(r.loss())));

    if (strategy != Strategy.DL4J) { // which has no rounds that it tells of
      assertThat(losses.get(0)).isCloseTo(Math.log(13), within(0.3));
    }
    assertThat(report.loss()).as(strategy.yaml()).isLessThan(0.75 * Math.log(13));
    assertThat(report.tokens()).isEqualTo(40L * 8 * 8);
  }

  @Test
  void synchronousTrainingIsLocalTrainingUpToRounding() {
    for (int workers : new int[] {1, 2}) {
      TrainConfig config = TinyRun.config(Strategy.SYNC, workers, 30, 1);

      float[] expected = local(TinyRun.MODEL, TinyRun.GENTLE, config);
      float[] actual =
          TinyRun.parameters(
              run(TinyRun.MODEL, TinyRun.GENTLE, config, directory(), RoundListener.NONE));

      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i])
            .as(workers + " workers, element " + i)
            .isCloseTo(expected[i], within(2e-5f));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DILOCO", "AVERAGE", "SYNC"})
  void aResumedRunEndsWithTheBitsOfAnUninterruptedOne(Strategy strategy) {
    TrainConfig config = TinyRun.withCheckpoints(TinyRun.config(strategy, 2, 12, 2), 4, 3, null);
    Path interrupted = directory();

    assertThatThrownBy(() -> run(config, interrupted, listen(r -> failAt(r, 10))))
        .hasMessage("interrupted at 10");
    TrainReport resumed = run(config, interrupted, RoundListener.NONE);

    assertThat(resumed.resumedFrom()).isEqualTo(8);
    assertThat(TinyRun.parameters(resumed)).isEqualTo(parameters(config));
  }

  @Test
  void aFinishedRunIsNotRepeated() {
    TrainConfig config = TinyRun.config(Strategy.AVERAGE, 1, 4, 2);
    Path directory = directory();
    TrainReport first = run(config, directory, RoundListener.NONE);

    TrainReport second = run(config, directory, listen(r -> failAt(r, r.step())));

    assertThat(second.checkpoint()).isEqualTo(first.checkpoint());
    assertThat(second.resumedFrom()).isEqualTo(4);
  }

  @Test
  void theNumberOfWorkersMayChangeOnResume() {
    TrainConfig two =
        TinyRun.withCheckpoints(TinyRun.config(Strategy.DILOCO, 2, 12, 2), 4, 3, null);
    TrainConfig four =
        TinyRun.withCheckpoints(TinyRun.config(Strategy.DILOCO, 4, 12, 2), 4, 3, null);
    TrainConfig one =
        TinyRun.withCheckpoints(TinyRun.config(Strategy.DILOCO, 1, 12, 2), 4, 3, null);
    Path directory = directory();

    assertThatThrownBy(() -> run(two, directory, listen(r -> failAt(r, 6))))
        .hasMessage("interrupted at 6");
    assertThatThrownBy(() -> run(four, directory, listen(r -> failAt(r, 10))))
        .hasMessage("interrupted at 10");
    TrainReport report = run(one, directory, RoundListener.NONE);

    assertThat(report.resumedFrom()).isEqualTo(8);
    assertThat(report.loss()).isLessThan(Math.log(13));
  }

  @Test
  void lineageIsCutBetweenCheckpoints() {
    int steps = 2 * TrainingLoop.LINEAGE_ROUNDS + 3;
    Path directory = directory();

    TrainReport report =
        run(TinyRun.config(Strategy.SYNC, 1, steps, 1), directory, RoundListener.NONE);

    assertThat(report.step()).isEqualTo(steps);
    assertThat(names(directory))
        .containsExactlyInAnyOrder(
            String.format("step-%09d", steps), "metrics-000000000.jsonl", "metrics.jsonl");
  }

  @Test
  void aRunWithAnotherModelSeedOrBatchIsRefusedByName() {
    TrainConfig config =
        TinyRun.withCheckpoints(TinyRun.config(Strategy.AVERAGE, 1, 4, 2), 2, 3, null);
    Path directory = directory();
    assertThatThrownBy(() -> run(config, directory, listen(r -> failAt(r, 4))))
        .hasMessage("interrupted at 4");

    assertThatThrownBy(
            () -> run(TinyRun.config(Strategy.AVERAGE, 1, 5, 2), directory, RoundListener.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("train.steps was 4")
        .hasMessageContaining("is 5 now");
    assertThatThrownBy(
            () -> run(TinyRun.config(Strategy.SYNC, 1, 4, 2), directory, RoundListener.NONE))
        .hasMessageContaining("train.strategy was average");
  }

  @Test
  void metricsHoldEachStepOnceAfterAnInterruption() throws IOException {
    TrainConfig config =
        TinyRun.withCheckpoints(TinyRun.config(Strategy.AVERAGE, 1, 8, 2), 4, 3, null);
    Path directory = directory();
    assertThatThrownBy(() -> run(config, directory, listen(r -> failAt(r, 6))))
        .hasMessage("interrupted at 6");

    run(config, directory, RoundListener.NONE);

    List<String> lines =
        Files.readAllLines(java.nio.file.Path.of(directory.toUri().getPath(), "metrics.jsonl"));
    assertThat(lines)
        .extracting(line -> line.replaceAll("\\{\"step\":(\\d+),.*", "$1"))
        .containsExactly("2", "4", "6", "8");
  }

  @Test
  void divergenceStopsTheRunWithStepWorkerAndParameter() {
    TrainConfig config = TinyRun.withOuter(TinyRun.config(Strategy.DILOCO, 2, 12, 2), 2, 0.99);
    var wild = new AdamWConfig(1e30, 1e30, 0, 0.9, 0.99, 1e-8, 0.1, 1.0);

    assertThatThrownBy(() -> TinyRun.train(spark, TinyRun.MODEL, wild, config, directory()))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("diverged at step")
        .hasMessageContaining("worker 0")
        .hasMessageContaining("weight");
  }

  private Path directory() {
    return new Path(temp.resolve("run-" + runs++).toUri());
  }

  private static void failAt(RoundReport round, int step) {
    if (round.step() == step) {
      throw new IllegalStateException("interrupted at " + step);
    }
  }

  private static RoundListener listen(java.util.function.Consumer<RoundReport> consumer) {
    return new RoundListener() {
      @Override
      public void roundEnded(RoundReport round) {
        consumer.accept(round);
      }
    };
  }

  private static TrainReport run(TrainConfig config, Path directory, RoundListener listener) {
    return run(TinyRun.MODEL, TinyRun.OPTIMIZER, config, directory, listener);
  }

  private static TrainReport run(
      GptConfig model,
      AdamWConfig optimizer,
      TrainConfig config,
      Path directory,
      RoundListener listener) {
    return Training.run(
        spark, model, optimizer, config, TinyRun.SEED, TinyRun.DATA, directory, listener);
  }

  private float[] parameters(TrainConfig config) {
    return TinyRun.parameters(run(config, directory(), RoundListener.NONE));
  }

  /** The same samples through one network, without Spark. */
  private static float[] local(GptConfig model, AdamWConfig optimizer, TrainConfig config) {
    return local(model, optimizer, config, config.steps());
  }

  private static float[] local(
      GptConfig model, AdamWConfig optimizer, TrainConfig config, int steps) {
    MultiLayerNetwork network =
        GptNetwork.create(
            model,
            optimizer,
            config.steps(),
            TinyRun.SEED,
            new Execution(config.microBatch(), config.kernels(), 1, config.recompute()));
    DataOrder order = new DataOrder(TinyRun.SEED, TinyRun.DATA.tokens(), TinyRun.MODEL.context());
    SampleReader samples = new SampleReader(order, TinyRun.DATA.shards(), TinyRun.MODEL.context());
    TrainingStep training = new TrainingStep(network);
    for (int step = 0; step < steps; step++) {
      Batch batch = samples.read((long) step * config.batchSize(), config.batchSize());
      training.run(batch.ids(), batch.targets(), batch.batch(), batch.time());
    }
    return GptNetwork.parameters(network).toArray();
  }

  private static List<String> names(Path directory) {
    String[] names =
        new java.io.File(directory.toUri().getPath()).list((d, name) -> !name.endsWith(".crc"));
    return List.of(names);
  }
}
