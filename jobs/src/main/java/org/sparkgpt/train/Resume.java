package org.sparkgpt.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.checkpoint.CheckpointManifest;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.GptConfig;

/**
 * Whether a run may go on from a checkpoint. What decides the samples, the arithmetic of a step or
 * the learning rate must be the same: the model, the optimizer, the seed, the data, {@code
 * train.batchSize} and {@code train.steps} (which the cosine is stretched over). Workers, local
 * steps, threads, kernels and how often checkpoints are written may change; the strategy only
 * between {@code average} and {@code diloco}, which keep the same state with the workers. The
 * encoding of the changes may change, too: residuals go on with their workers from one lossy
 * encoding to another, are dropped by {@code fp32}, and begin as zeros after it.
 */
final class Resume {
  private final Checkpoint checkpoint;

  private Resume(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  static void check(
      Checkpoint checkpoint,
      GptConfig model,
      AdamWConfig optimizer,
      TrainConfig train,
      long seed,
      String dataDigest) {
    CheckpointManifest saved = checkpoint.manifest();
    JsonNode before = saved.train();
    Resume resume = new Resume(checkpoint);
    resume.require("seed", saved.seed(), seed);
    resume.require("model", saved.model(), model);
    resume.require("optimizer", saved.optimizer(), optimizer);
    resume.require("train.batchSize", before.path("batchSize").asInt(), train.batchSize());
    resume.require("train.steps", before.path("steps").asInt(), train.steps());
    resume.require("train.chunkParameters", saved.chunkParameters(), train.chunkParameters());
    String strategy = before.path("strategy").asText();
    if (!keepsMoments(strategy) || !keepsMoments(train.strategy().yaml())) {
      resume.require("train.strategy", strategy, train.strategy().yaml());
    }
    resume.require("tokens (their digest)", saved.dataDigest(), dataDigest);
  }

  private static boolean keepsMoments(String strategy) {
    return strategy.equals(Strategy.AVERAGE.yaml()) || strategy.equals(Strategy.DILOCO.yaml());
  }

  private void require(String key, Object before, Object now) {
    if (!Objects.equals(before, now)) {
      throw new IllegalArgumentException(
          key
              + " was "
              + before
              + " in "
              + checkpoint.path()
              + " and is "
              + now
              + " now; set it back to resume, or train into another directory");
    }
  }
}
