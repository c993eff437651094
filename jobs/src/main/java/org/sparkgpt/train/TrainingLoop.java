package org.sparkgpt.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.checkpoint.CheckpointManifest;
import org.sparkgpt.checkpoint.CheckpointWriter;
import org.sparkgpt.checkpoint.Checkpoints;
import org.sparkgpt.checkpoint.StateRdds;

/** Round after round, with what happens between them: progress, checkpoints, cut lineage. */
final class TrainingLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);

  /**
   * Rounds whose history Spark may keep. It walks the whole history at every job, and replays it
   * when both copies of a worker's state are lost.
   */
  static final int LINEAGE_ROUNDS = 25;

  private final JavaSparkContext spark;
  private final RunPlan plan;
  private final TrainConfig config;
  private final TrainingData data;
  private final Checkpoints checkpoints;
  private final RoundListener listener;
  private final StateRdds stored;
  private final CheckpointWriter writer;
  private final OuterOptimizer optimizer;
  private final Rounds rounds;
  private final MetricsFile metrics;
  private final int firstStep;
  private final long begin = System.nanoTime();
  private int step;
  private long tokens;
  private int roundsSinceCut;
  private Checkpoint cut; // unpublished state that the present one was read from; null: none

  TrainingLoop(
      JavaSparkContext spark,
      RunPlan plan,
      TrainConfig config,
      TrainingData data,
      Checkpoints checkpoints,
      RoundListener listener,
      Optional<Checkpoint> newest)
      throws IOException {
    this.spark = spark;
    this.plan = plan;
    this.config = config;
    this.data = data;
    this.checkpoints = checkpoints;
    this.listener = listener;
    stored = new StateRdds(spark, checkpoints.fileSystem().getConf());
    writer = new CheckpointWriter(checkpoints, stored);
    optimizer = OuterOptimizer.of(config);
    rounds = new Rounds(spark, plan, optimizer);
    if (newest.isPresent()) {
      describe("verify " + newest.get().path().getName());
      stored.verify(newest.get());
      readBack(newest.get());
      step = newest.get().step();
      tokens = newest.get().manifest().tokens();
    } else if (config.strategy() != Strategy.DL4J) {
      rounds.begin();
    }
    firstStep = step;
    metrics = new MetricsFile(checkpoints.fileSystem(), checkpoints.directory(), step);
    listener.trainingStarted(start());
  }

  TrainReport run() {
    long tokensBefore = tokens;
    RoundReport last = null;
    Checkpoint written = null;
    while (step < config.steps()) {
      int before = step;
      last = round();
      listener.roundEnded(last);
      if (step == config.steps() || crosses(config.checkpointSteps(), before)) {
        written = checkpoint();
        listener.checkpointWritten(written);
      } else if (++roundsSinceCut == LINEAGE_ROUNDS) {
        cutLineage();
      }
    }
    double seconds = secondsSince(begin);
    double rate = (tokens - tokensBefore) / seconds;
    return new TrainReport(step, firstStep, tokens, last.loss(), seconds, rate, written.path());
  }

  /** The whole run by DL4J's own master; all there is to see is its end. */
  TrainReport runDl4j() {
    describe("train with DL4J's parameter averaging master");
    Dl4jMaster master = new Dl4jMaster(spark, plan, config);
    master.train();
    step = config.steps();
    tokens = (long) step * config.batchSize() * plan.replica().model().context();
    double seconds = secondsSince(begin);
    RoundReport report =
        new RoundReport(
            step,
            step,
            tokens,
            master.score(),
            plan.replica().learningRate(step - 1),
            Double.NaN,
            Double.NaN,
            tokens / seconds,
            0,
            seconds,
            master.slowestSeconds(),
            Double.NaN,
            System.currentTimeMillis(),
            List.of());
    metrics.add(report);
    listener.roundEnded(report);
    describe("write checkpoint of step " + step);
    Checkpoint written =
        writer.publish(
            manifest(), master.parameters(), spark.<Integer, byte[]>parallelizePairs(List.of(), 1));
    listener.checkpointWritten(written);
    return new TrainReport(
        step, 0, tokens, master.score(), seconds, tokens / seconds, written.path());
  }

  private RoundReport round() {
    long start = System.nanoTime();
    int before = step;
    int steps = config.stepsOfRound(step);
    describe("train steps " + step + " to " + (step + steps) + " of " + config.steps());
    RoundResult result = rounds.run(step, steps);
    step += steps;
    tokens += result.tokens();
    double seconds = secondsSince(start);
    RoundReport report =
        new RoundReport(
            step,
            config.steps(),
            tokens,
            result.loss(),
            plan.replica().learningRate(step - 1),
            result.gradientNorm(),
            result.updateNorm(),
            result.tokens() / seconds,
            result.bytes(),
            seconds,
            result.slowestSeconds(),
            result.medianSeconds(),
            System.currentTimeMillis(),
            result.parts());
    metrics.add(report);
    if (step == config.steps() || crosses(config.logSteps(), before)) {
      double secondsPerStep = secondsSince(begin) / (step - firstStep);
      LOG.info("{}", report.line(secondsPerStep * (config.steps() - step)));
    }
    return report;
  }

  /** Whether a multiple of {@code interval} lies in (before, step]. */
  private boolean crosses(int interval, int before) {
    return step / interval > before / interval;
  }

  private Checkpoint checkpoint() {
    describe("write checkpoint of step " + step);
    TrainingState state = rounds.state();
    Checkpoint written = writer.publish(manifest(), state.outerRecords(), state.innerRecords());
    LOG.info("wrote {} ({} bytes)", written.path(), written.manifest().bytes());
    if (step < config.steps()) {
      readBack(written); // before older ones go: nothing refers to them afterwards
    }
    discardCut();
    checkpoints.prune(config.keepLast(), config.keepEvery());
    return written;
  }

  private void cutLineage() {
    describe("cut lineage at step " + step);
    TrainingState state = rounds.state();
    Checkpoint unpublished =
        writer.cutLineage(manifest(), state.outerRecords(), state.innerRecords());
    readBack(unpublished);
    discardCut();
    cut = unpublished;
  }

  private void discardCut() {
    if (cut != null) {
      writer.discard(cut);
      cut = null;
    }
  }

  private void readBack(Checkpoint checkpoint) {
    spark.setCallSite("read back " + checkpoint.path().getName());
    rounds.restart(stored.outer(checkpoint), stored.inner(checkpoint, plan.workers()));
    roundsSinceCut = 0;
  }

  private CheckpointManifest manifest() {
    long samples = (long) step * config.batchSize();
    return new CheckpointManifest(
        CheckpointManifest.FORMAT_VERSION,
        step,
        samples,
        tokens,
        samples / plan.order().samplesPerEpoch(),
        plan.replica().seed(),
        plan.replica().model(),
        plan.replica().optimizer(),
        new ObjectMapper().valueToTree(config),
        data.digest(),
        plan.chunks().length(),
        plan.chunks().size(),
        optimizer.segments(),
        config.innerSegments(),
        List.of());
  }

  private TrainingStart start() {
    return new TrainingStart(
        TrainingStart.forGrowingFiles(checkpoints.fileSystem()),
        checkpoints.directory(),
        spark.sc().applicationId(),
        step,
        plan.chunks().length(),
        plan.replica().execution().threads(),
        plan.replica().seed(),
        data.digest(),
        plan.replica().model(),
        plan.replica().optimizer(),
        config);
  }

  private void describe(String what) {
    spark.setJobGroup("train", what);
    spark.setCallSite(what); // what stages are called that have no better name
  }

  private static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) * 1e-9;
  }

  @Override
  public void close() {
    spark.clearJobGroup();
    spark.clearCallSite();
    rounds.close();
    discardCut();
    metrics.close();
    listener.trainingEnded();
  }
}
