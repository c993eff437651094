package org.sparkgpt.train;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.CollectionAccumulator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.GptNetwork;
import scala.Tuple2;

/**
 * DL4J's stock {@code ParameterAveragingTrainingMaster} on the same network and the same samples:
 * the yardstick for {@link Rounds}. What dl4j-spark 1.0.0-M2 does differently, read from its code;
 * {@code scripts/sparkgpt bench strategies} measures what it costs.
 *
 * <p>Through the driver:
 *
 * <ul>
 *   <li>Each round the driver receives the parameters and both AdamW moments of every worker, 12
 *       bytes per parameter, adds them up (from five workers on, executors add up some first), and
 *       broadcasts as many again. {@code spark.driver.maxResultSize}, 1 GiB by default, bounds what
 *       a round's workers return together: 89 M parameters with one worker, 44 M with two. The
 *       driver's heap grows with the model.
 *   <li>Java serialization writes and reads these vectors one boxed number at a time, on both
 *       sides.
 *   <li>All workers wait during the exchange; nothing overlaps, nothing is compressed.
 *   <li>Every round filters the whole data set anew for its split, counts it and shuffles it.
 *       Persisted data sets and broadcasts are never released, only collected as garbage.
 * </ul>
 *
 * <p>What it computes:
 *
 * <ul>
 *   <li>Plain averaging: there is no outer optimizer.
 *   <li>The moments are averaged as well ({@code saveUpdater}). Its default, not to, would reset
 *       them to zero every round while the bias correction goes on as if they had a history.
 *   <li>Minibatches are dealt out at random and unevenly: a worker takes more or fewer than {@code
 *       train.localSteps} steps a round, results count equally however many, and the iteration
 *       count, which the learning rate follows, grows by {@code localSteps} regardless. So samples
 *       are the same, their order is not, and repeated runs differ.
 *   <li>Worker 0's dropout masks are everyone's.
 *   <li>A loss that is not finite stops nothing. The score is of the last minibatches only.
 * </ul>
 *
 * <p>What it lacks: checkpoints and resuming (what we write at the end is all there is, a lost
 * driver is a lost run; a lost task is repeated from the broadcast, as it should be), and progress
 * before the end. Counts are cast to int; its own statistics of listeners are merged wrongly; with
 * Kryo as Spark's serializer it needs {@code nd4j-kryo}. None of these matters to what is measured
 * here.
 */
final class Dl4jMaster {
  private final JavaSparkContext spark;
  private final RunPlan plan;
  private final TrainConfig config;
  private MultiLayerNetwork network;
  private double score;
  private double slowestSeconds;

  Dl4jMaster(JavaSparkContext spark, RunPlan plan, TrainConfig config) {
    this.spark = spark;
    this.plan = plan;
    this.config = config;
  }

  /** The whole run. */
  void train() {
    MultiLayerNetwork initial = plan.replica().newNetwork();
    CollectionAccumulator<StepTime> times =
        spark.sc().collectionAccumulator("times of DL4J's steps");
    ParameterAveragingTrainingMaster master =
        new ParameterAveragingTrainingMaster.Builder(plan.workers(), plan.batchPerWorker())
            .batchSizePerWorker(plan.batchPerWorker())
            .averagingFrequency(config.localSteps())
            .saveUpdater(true)
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .rngSeed(plan.replica().seed())
            .trainingHooks(new StepTimer(times))
            .build();
    SparkDl4jMultiLayer distributed = new SparkDl4jMultiLayer(spark, initial, master);
    network = distributed.fit(minibatches());
    score = distributed.getScore();
    slowestSeconds = slowestSeconds(times.value());
  }

  /** Of each round the worker that was in its steps longest, summed over the rounds. */
  static double slowestSeconds(List<StepTime> times) {
    Map<Integer, Map<Integer, Long>> nanosOfWorker = new HashMap<>();
    for (StepTime time : times) {
      nanosOfWorker
          .computeIfAbsent(time.round(), round -> new HashMap<>())
          .merge(time.worker(), time.nanos(), Long::sum);
    }
    return nanosOfWorker.values().stream()
            .mapToLong(workers -> Collections.max(workers.values()))
            .sum()
        * 1e-9;
  }

  /** One for each step and worker. */
  private JavaRDD<DataSet> minibatches() {
    List<Integer> indices =
        IntStream.range(0, Math.multiplyExact(config.steps(), plan.workers())).boxed().toList();
    return spark.parallelize(indices, plan.workers()).map(new ReadMinibatch(plan));
  }

  /** Loss of the last round, as DL4J has it. */
  double score() {
    return score;
  }

  /** Time in training steps, forward to update: the slowest worker's of each round, summed. */
  double slowestSeconds() {
    return slowestSeconds;
  }

  /** The trained parameters, from the driver, in chunks. */
  JavaPairRDD<Integer, byte[]> parameters() {
    FloatBlock parameters = GptNetwork.parameters(network);
    Chunks chunks = plan.chunks();
    List<Tuple2<Integer, byte[]>> records = new ArrayList<>();
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      byte[] record = new byte[chunks.length(chunk) * Float.BYTES];
      parameters.copyTo(chunks.from(chunk), chunks.length(chunk), record, 0);
      records.add(new Tuple2<>(chunk, record));
    }
    return spark.parallelizePairs(records, 1);
  }

  private static final class ReadMinibatch implements Function<Integer, DataSet> {
    private final RunPlan plan;

    ReadMinibatch(RunPlan plan) {
      this.plan = plan;
    }

    @Override
    public DataSet call(Integer index) {
      long first = (long) index * plan.batchPerWorker();
      Batch batch = plan.samples().read(first, plan.batchPerWorker());
      return GptNetwork.batch(batch.ids(), batch.targets(), batch.batch(), batch.time());
    }
  }

  /**
   * One step of a worker.
   *
   * @param round the stage that trained: there is one a round
   */
  record StepTime(int round, int worker, long nanos) implements Serializable {}

  /** Sends the driver the time of every step; each task has a copy of its own. */
  private static final class StepTimer implements TrainingHook {
    private static final long serialVersionUID = 1;

    private final CollectionAccumulator<StepTime> times;
    private transient long begin;

    StepTimer(CollectionAccumulator<StepTime> times) {
      this.times = times;
    }

    @Override
    public void preUpdate(org.nd4j.linalg.dataset.api.DataSet minibatch, Model model) {
      begin = System.nanoTime();
    }

    @Override
    public void postUpdate(org.nd4j.linalg.dataset.api.DataSet minibatch, Model model) {
      long nanos = System.nanoTime() - begin;
      TaskContext task = TaskContext.get();
      times.add(new StepTime(task.stageId(), task.partitionId(), nanos));
    }

    @Override
    public void preUpdate(MultiDataSet minibatch, Model model) {
      throw new UnsupportedOperationException("the network has one input");
    }

    @Override
    public void postUpdate(MultiDataSet minibatch, Model model) {
      throw new UnsupportedOperationException("the network has one input");
    }
  }
}
