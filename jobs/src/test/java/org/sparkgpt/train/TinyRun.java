package org.sparkgpt.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.kernel.KernelChoice;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.GptConfig;

/** A run small enough for tests: 2,600 parameters, a corpus with a pattern to learn. */
final class TinyRun {
  static final GptConfig MODEL =
      new GptConfig(13, 8, 1, 2, 12, 0, true, Gelu.TANH, null, DtypeChoice.F32);
  static final GptConfig WITH_DROPOUT =
      new GptConfig(13, 8, 1, 2, 12, 0.1, true, Gelu.TANH, null, DtypeChoice.F32);
  static final AdamWConfig OPTIMIZER = new AdamWConfig(1e-2, 1e-3, 4, 0.9, 0.99, 1e-8, 0.1, 1.0);

  /** Slow enough for rounding errors not to grow over a few dozen steps. */
  static final AdamWConfig GENTLE = new AdamWConfig(3e-3, 3e-4, 4, 0.9, 0.99, 1e-8, 0.1, 1.0);

  static final long SEED = 11;

  private static final JsonMapper JSON = new JsonMapper();

  static final TrainingData DATA = data();

  private TinyRun() {}

  static JavaSparkContext spark() {
    return new JavaSparkContext(
        new SparkConf()
            .setMaster("local[2]")
            .setAppName("train-test")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1"));
  }

  /** Trains {@link #MODEL}. */
  static TrainReport train(
      JavaSparkContext spark,
      TrainConfig config,
      TrainingData data,
      Path directory,
      RoundListener listener) {
    return Training.run(spark, MODEL, OPTIMIZER, config, SEED, data, directory, listener);
  }

  /** Trains another model, or with other steps. */
  static TrainReport train(
      JavaSparkContext spark,
      GptConfig model,
      AdamWConfig optimizer,
      TrainConfig config,
      Path directory) {
    return Training.run(spark, model, optimizer, config, SEED, DATA, directory, RoundListener.NONE);
  }

  /** The parameters that a run ended with. */
  static float[] parameters(TrainReport report) {
    return lastCheckpoint(report).readParameters().toArray();
  }

  static Checkpoint lastCheckpoint(TrainReport report) {
    Path path = report.checkpoint();
    try {
      return Checkpoint.open(path.getFileSystem(new Configuration()), path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TrainConfig config(Strategy strategy, int workers, int steps, int localSteps) {
    return new TrainConfig(
        strategy,
        workers,
        steps,
        localSteps,
        8,
        4,
        0.7,
        0.9,
        DeltaEncoding.FP32,
        steps,
        2,
        null,
        1000,
        1,
        KernelChoice.PLAIN,
        false,
        500);
  }

  static TrainConfig withOuter(TrainConfig c, double rate, double momentum) {
    return with(c, Map.of("outerLearningRate", rate, "outerMomentum", momentum));
  }

  static TrainConfig withDeltas(TrainConfig c, DeltaEncoding deltas) {
    return with(c, Map.of("deltas", deltas));
  }

  static TrainConfig withCheckpoints(TrainConfig c, int every, int keepLast, Integer keepEvery) {
    TrainConfig changed = with(c, Map.of("checkpointSteps", every, "keepLast", keepLast));
    return keepEvery == null ? changed : with(changed, Map.of("keepEvery", keepEvery));
  }

  /** With kernels and chunks for networks that are not tiny, as a run file has them. */
  static TrainConfig withDefaults(TrainConfig c) {
    return with(c, Map.of("kernels", KernelChoice.ONEDNN, "chunkParameters", 261_888));
  }

  static TrainConfig withThreads(TrainConfig c, int threads) {
    return with(c, Map.of("threadsPerWorker", threads));
  }

  /** The settings, some of them changed, by the names they have in a run file. */
  private static TrainConfig with(TrainConfig config, Map<String, Object> changes) {
    ObjectNode settings = JSON.valueToTree(config);
    settings.setAll(JSON.<ObjectNode>valueToTree(changes));
    try {
      return JSON.treeToValue(settings, TrainConfig.class);
    } catch (JsonProcessingException e) {
      throw e.getCause() instanceof IllegalArgumentException refused
          ? refused
          : new IllegalStateException(e);
    }
  }

  /** Three shards in which a token mostly follows from the one before. */
  private static TrainingData data() {
    int[][] shards = new int[3][];
    SplittableRandom random = new SplittableRandom(5);
    for (int s = 0; s < shards.length; s++) {
      shards[s] = new int[300 + 57 * s];
      for (int i = 1; i < shards[s].length; i++) {
        boolean noise = random.nextInt(10) == 0;
        shards[s][i] = noise ? random.nextInt(13) : (shards[s][i - 1] * 5 + 3) % 13;
      }
    }
    long[] tokens = Arrays.stream(shards).mapToLong(shard -> shard.length).toArray();
    return new TrainingData(tokens, new InMemory(shards), 13, Arrays.stream(tokens).sum(), "tiny");
  }

  /** Token shards without files. */
  record InMemory(int[][] shards) implements TokenSource {
    @Override
    public IntBuffer shard(int index) {
      return IntBuffer.wrap(shards[index]).asReadOnlyBuffer();
    }
  }
}
