package org.sparkgpt.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.checkpoint.Checkpoints;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.tokenize.TokenManifest;

/**
 * A training run from its first or its last checkpoint to its last step. Run again after a crash it
 * goes on from the newest complete checkpoint, with the same samples; one worker ends with the same
 * bits. Only one run at a time may write to a directory.
 */
public final class Training {
  private static final Logger LOG = LoggerFactory.getLogger(Training.class);

  private final JavaSparkContext spark;
  private final GptConfig model;
  private final AdamWConfig optimizer;
  private final TrainConfig config;
  private final long seed;
  private final TrainingData data;

  private Training(
      JavaSparkContext spark,
      GptConfig model,
      AdamWConfig optimizer,
      TrainConfig config,
      long seed,
      TrainingData data) {
    this.spark = spark;
    this.model = model;
    this.optimizer = optimizer;
    this.config = config;
    this.seed = seed;
    this.data = data;
  }

  /**
   * Trains, or goes on training, until {@code train.steps} steps are taken.
   *
   * @param directory of the checkpoints and of {@code metrics.jsonl}
   * @throws IllegalArgumentException if the directory holds checkpoints of another run
   * @throws org.sparkgpt.checkpoint.CheckpointException if the newest checkpoint is damaged
   * @throws TrainingFailure if a loss, a gradient or a parameter is not finite
   */
  public static TrainReport run(
      JavaSparkContext spark,
      GptConfig model,
      AdamWConfig optimizer,
      TrainConfig config,
      long seed,
      TrainingData data,
      Path directory,
      RoundListener listener) {
    try {
      FileSystem fs = directory.getFileSystem(spark.hadoopConfiguration());
      Checkpoints checkpoints = new Checkpoints(fs, directory);
      return new Training(spark, model, optimizer, config, seed, data).run(checkpoints, listener);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": " + e.getMessage(), e);
    } catch (Exception e) {
      throw TaskFailure.of(e);
    }
  }

  /** Like {@link #run} on the training split of the token shards in {@code tokens}. */
  public static TrainReport run(
      JavaSparkContext spark,
      GptConfig model,
      AdamWConfig optimizer,
      TrainConfig config,
      long seed,
      Path tokens,
      Path directory,
      RoundListener listener) {
    TrainingData data = TrainingData.open(spark, tokens, TokenManifest.TRAIN);
    return run(spark, model, optimizer, config, seed, data, directory, listener);
  }

  private TrainReport run(Checkpoints checkpoints, RoundListener listener) throws IOException {
    data.requireFits(model.vocabulary());
    RunPlan plan = plan();
    checkpoints.sweep();
    Optional<Checkpoint> newest = checkpoints.newestComplete();
    newest.ifPresent(c -> Resume.check(c, model, optimizer, config, seed, data.digest()));
    int first = newest.map(Checkpoint::step).orElse(0);
    if (first >= config.steps()) {
      LOG.info("{} has all {} steps", newest.get().path(), config.steps());
      long tokens = newest.get().manifest().tokens();
      return new TrainReport(first, first, tokens, Double.NaN, 0, 0, newest.get().path());
    }
    LOG.info(
        "training {} parameters: {}, {} worker(s) of {} thread(s), steps {} to {}, {}",
        String.format("%,d", plan.chunks().length()),
        config.strategy().yaml(),
        config.workers(),
        plan.replica().execution().threads(),
        first,
        config.steps(),
        newest.map(c -> "resumed from " + c.path()).orElse("from the beginning"));
    try (TrainingLoop loop =
        new TrainingLoop(spark, plan, config, data, checkpoints, listener, newest)) {
      return config.strategy() == Strategy.DL4J ? loop.runDl4j() : loop.run();
    } finally {
      ReplicaPool.clear(); // of this JVM: all of them under a local master
    }
  }

  private RunPlan plan() {
    Slots slots = Slots.of(spark);
    ReplicaSpec replica =
        new ReplicaSpec(
            model,
            optimizer,
            config.steps(),
            seed,
            config.execution(slots),
            config.strategy() != Strategy.SYNC);
    return new RunPlan(
        replica,
        new DataOrder(seed, data.tokens(), model.context()),
        data.shards(),
        new Chunks(replica.parameters(), config.chunkParameters()),
        config.workers(),
        config.batchPerWorker(),
        config.strategy() == Strategy.SYNC,
        config.deltas());
  }
}
