package org.sparkgpt.train;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.dataset.DataSet;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.GptNetwork;
import scala.Tuple2;

/**
 * DL4J's stock {@code ParameterAveragingTrainingMaster} on the same network and the same samples:
 * the yardstick for {@link Rounds}. What it does differently, in dl4j-spark 1.0.0-M2:
 *
 * <ul>
 *   <li>Parameters and both AdamW moments of every worker pass through the driver, 12 bytes per
 *       parameter and worker each round; {@code spark.driver.maxResultSize} (1 GiB) ends runs of
 *       more than 89 M parameters on one worker.
 *   <li>The moments are averaged as well. Without that it would reset them every round.
 *   <li>Minibatches are dealt out at random and unevenly: a worker takes more or fewer than {@code
 *       train.localSteps} steps a round, results count equally however many, and the iteration
 *       count grows by {@code localSteps} regardless. So samples are the same, their order is not,
 *       and repeated runs differ.
 *   <li>Every round filters the whole data set; persisted RDDs and broadcasts are never released.
 *   <li>No checkpoints: what we write at the end is all there is, and a lost driver is a lost run.
 *   <li>Worker 0's dropout masks are everyone's.
 * </ul>
 */
final class Dl4jMaster {
  private final JavaSparkContext spark;
  private final RunPlan plan;
  private final TrainConfig config;
  private MultiLayerNetwork network;
  private double score;

  Dl4jMaster(JavaSparkContext spark, RunPlan plan, TrainConfig config) {
    this.spark = spark;
    this.plan = plan;
    this.config = config;
  }

  /** The whole run. */
  void train() {
    ReplicaSpec spec = plan.replica();
    MultiLayerNetwork initial =
        GptNetwork.create(
            spec.model(), spec.optimizer(), spec.totalSteps(), spec.seed(), spec.execution());
    ParameterAveragingTrainingMaster master =
        new ParameterAveragingTrainingMaster.Builder(plan.workers(), plan.batchPerWorker())
            .batchSizePerWorker(plan.batchPerWorker())
            .averagingFrequency(config.localSteps())
            .saveUpdater(true)
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .rngSeed(spec.seed())
            .build();
    SparkDl4jMultiLayer distributed = new SparkDl4jMultiLayer(spark, initial, master);
    network = distributed.fit(minibatches());
    score = distributed.getScore();
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

  /** The trained parameters, from the driver, in chunks. */
  JavaPairRDD<Integer, byte[]> parameters() {
    FloatBlock parameters = GptNetwork.parameters(network);
    Chunks chunks = plan.chunks();
    List<Tuple2<Integer, byte[]>> records = new ArrayList<>();
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      byte[] bytes = ChunkBytes.of(chunks.from(chunk), chunks.length(chunk), parameters);
      records.add(new Tuple2<>(chunk, bytes));
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
}
