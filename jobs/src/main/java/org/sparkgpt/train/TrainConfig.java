package org.sparkgpt.train;

import java.io.Serializable;
import java.util.List;
import org.sparkgpt.kernel.KernelChoice;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.GptMemory;
import org.sparkgpt.layer.ParameterLayout;

/**
 * A training run; the {@code train} section of a run file.
 *
 * @param strategy how the workers' results are put together
 * @param workers replicas that train side by side; one Spark task each
 * @param steps optimizer steps of the whole run: the length of the learning-rate schedule
 * @param localSteps steps a worker takes on its own between two exchanges, H; {@code sync} has 1
 * @param batchSize sequences of one optimizer step over all workers
 * @param microBatch sequences a worker computes at a time; bounds its memory, not the result
 * @param outerLearningRate of {@code diloco}; 0.7 in the paper
 * @param outerMomentum Nesterov momentum of {@code diloco}; 0.9 in the paper
 * @param deltas what workers send to the owners of the parameters under {@code diloco} and {@code
 *     average}: lossy ones cost the worker 8 bytes of memory a parameter
 * @param checkpointSteps steps between checkpoints, which are written at the next round's end
 * @param keepLast newest checkpoints that are kept
 * @param keepEvery checkpoints at multiples of this step are kept for good; null: none
 * @param logSteps steps between progress lines; {@code metrics.jsonl} has every round
 * @param threadsPerWorker null: the cores of an executor shared among its workers
 * @param kernels which arithmetic the network uses
 * @param recompute whether a worker keeps only each block's input for the backward pass and
 *     computes the rest twice: less memory, about a quarter more work, the same result
 * @param chunkParameters elements of one message and one record: the unit in which parameters
 *     travel and are averaged. Java's collector gives arrays from half a megabyte on, or more with
 *     a larger heap, whole megabytes of their own, so that best they are a little below
 */
public record TrainConfig(
    Strategy strategy,
    int workers,
    int steps,
    int localSteps,
    int batchSize,
    int microBatch,
    double outerLearningRate,
    double outerMomentum,
    DeltaEncoding deltas,
    int checkpointSteps,
    int keepLast,
    Integer keepEvery,
    int logSteps,
    Integer threadsPerWorker,
    KernelChoice kernels,
    boolean recompute,
    int chunkParameters)
    implements Serializable {

  /** A record holds four segments of a chunk (sync: parameters, m, v, gradient) in one array. */
  static final int LARGEST_CHUNK = Integer.MAX_VALUE / (4 * Float.BYTES) - 1024;

  public TrainConfig {
    if (strategy == null) {
      throw new IllegalArgumentException("train.strategy is missing: average, diloco, sync, dl4j");
    }
    if (kernels == null) {
      throw new IllegalArgumentException("train.kernels is missing: plain or onednn");
    }
    if (deltas == null) {
      throw new IllegalArgumentException("train.deltas is missing: fp32, bf16 or int8");
    }
    if (deltas.lossy() && strategy != Strategy.DILOCO && strategy != Strategy.AVERAGE) {
      throw new IllegalArgumentException(
          "train.deltas: "
              + deltas.yaml()
              + " needs train.strategy diloco or average; "
              + strategy.yaml()
              + " has no rounds whose change could be rounded and sends fp32");
    }
    requirePositive("train.workers", workers);
    requirePositive("train.steps", steps);
    requirePositive("train.localSteps", localSteps);
    requirePositive("train.batchSize", batchSize);
    requirePositive("train.microBatch", microBatch);
    requirePositive("train.checkpointSteps", checkpointSteps);
    requirePositive("train.keepLast", keepLast);
    requirePositive("train.logSteps", logSteps);
    if (keepEvery != null) {
      requirePositive("train.keepEvery", keepEvery);
    }
    if (threadsPerWorker != null) {
      requirePositive("train.threadsPerWorker", threadsPerWorker);
    }
    if (batchSize % workers != 0) {
      throw new IllegalArgumentException(
          "train.batchSize must be a multiple of train.workers, got "
              + batchSize
              + " and "
              + workers);
    }
    if (!(outerLearningRate > 0 && outerLearningRate <= 2)) {
      throw new IllegalArgumentException(
          "train.outerLearningRate must be in (0, 2], got " + outerLearningRate);
    }
    if (!(outerMomentum >= 0 && outerMomentum < 1)) {
      throw new IllegalArgumentException(
          "train.outerMomentum must be in [0, 1), got " + outerMomentum);
    }
    if (chunkParameters < 1 || chunkParameters > LARGEST_CHUNK) {
      throw new IllegalArgumentException(
          "train.chunkParameters must be in [1, " + LARGEST_CHUNK + "], got " + chunkParameters);
    }
  }

  /** Sequences of one step on one worker. */
  public int batchPerWorker() {
    return batchSize / workers;
  }

  /** How a worker's network is run. */
  public Execution execution(int threads) {
    return new Execution(Math.min(microBatch, batchPerWorker()), kernels, threads, recompute);
  }

  /** The same, on the threads that the run names or on what the slots leave a worker. */
  Execution execution(Slots slots) {
    return execution(threadsPerWorker != null ? threadsPerWorker : slots.threadsPerWorker(workers));
  }

  /** Everything a worker allocates outside the heap. */
  public GptMemory memory(GptConfig model, Execution execution) {
    GptMemory network = GptMemory.of(model, execution, true);
    long parameters = ParameterLayout.of(model).length();
    return deltas.lossy()
        ? network.and(new GptMemory.Part("deltas", ErrorFeedback.bytes(parameters)))
        : network;
  }

  /** Names of the segments that a worker's own state has for each chunk. */
  List<String> innerSegments() {
    return switch (strategy) {
      case SYNC, DL4J -> List.of();
      case DILOCO, AVERAGE -> deltas.lossy() ? List.of("m", "v", "residual") : List.of("m", "v");
    };
  }

  /** Steps of a round that begins at {@code step}: the last round may be shorter. */
  public int stepsOfRound(int step) {
    return strategy == Strategy.SYNC ? 1 : Math.min(localSteps, steps - step);
  }

  private static void requirePositive(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be positive, got " + value);
    }
  }
}
