package org.sparkgpt.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.TaskCompletionListener;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.GptNetwork;
import scala.Tuple2;

/**
 * Rounds of data-parallel training; the tensors stay with the executors. A round is one Spark job
 * of three stages:
 *
 * <ol>
 *   <li>all-gather: the owners of the parameter chunks send each to every worker;
 *   <li>{@link WorkerRound}: every worker trains from the same parameters, with the optimizer state
 *       it kept, and sends its chunks to their owners (reduce-scatter);
 *   <li>{@link OuterStep}: the owners average and update; a few scalars go to the driver.
 * </ol>
 *
 * <p>Under {@code sync} workers send gradients, and the AdamW step, which needs the norm of the
 * whole mean gradient, comes after the job: as part of the next one's first stage.
 */
final class Rounds {
  /** Of what can be made again from a checkpoint, or from state that is kept, without training. */
  private static final StorageLevel ONE_COPY = StorageLevel.MEMORY_AND_DISK();

  private final JavaSparkContext spark;
  private final RunPlan plan;
  private final OuterOptimizer optimizer;
  private final StorageLevel stateLevel;
  private TrainingState state;

  Rounds(JavaSparkContext spark, RunPlan plan, OuterOptimizer optimizer) {
    this.spark = spark;
    this.plan = plan;
    this.optimizer = optimizer;
    // Without a copy elsewhere, one lost executor would mean to train again since the last
    // checkpoint, on all of them: the shuffle files of earlier rounds are deleted.
    stateLevel = spark.isLocal() ? ONE_COPY : StorageLevel.MEMORY_AND_DISK_SER_2();
  }

  TrainingState state() {
    return state;
  }

  /** Freshly initialised parameters; no worker and no owner has kept anything yet. */
  void begin() {
    spark.setCallSite("initialise the parameters");
    RDD<byte[]> initial =
        Partitions.messages(spark.parallelize(List.of(0), 1).rdd(), new Initialize(plan));
    List<Integer> workers = IntStream.range(0, plan.workers()).boxed().toList();
    RDD<byte[]> nothing =
        Partitions.messages(spark.parallelize(workers, plan.workers()).rdd(), new Nothing());
    restart(toOwners(initial), nothing);
  }

  /**
   * Goes on from a state that was read back from storage; forgets how the last one came about.
   *
   * @param outer (chunk, segments), in any partitions
   * @param inner (chunk, segments), one partition for each worker
   */
  void restart(JavaPairRDD<Integer, byte[]> outer, JavaPairRDD<Integer, byte[]> inner) {
    restart(
        toOwners(TrainingState.messages(outer, MessageKey.Kind.CHUNK)),
        TrainingState.messages(inner, MessageKey.Kind.INNER));
  }

  private void restart(RDD<byte[]> outer, RDD<byte[]> inner) {
    close();
    outer.persist(ONE_COPY);
    inner.persist(ONE_COPY);
    state = new TrainingState(outer, inner, List.of(outer, inner));
  }

  private RDD<byte[]> toOwners(RDD<byte[]> messages) {
    return Partitions.exchange(
        Partitions.map(messages, new Addressed()), new MessageKey.ByOwner(plan.owners()), true);
  }

  /**
   * One round.
   *
   * @param step steps taken before it
   * @param steps of every worker in it
   * @throws TrainingFailure if a loss, a gradient or a parameter is not finite
   */
  RoundResult run(int step, int steps) {
    String trains = "workers of steps " + step + " to " + (step + steps); // stages have these names
    String averages = "parameters after step " + (step + steps);
    spark.setCallSite("send the parameters after step " + step);
    RDD<byte[]> gathered =
        Partitions.exchange(
            Partitions.map(state.outer(), new Scatter(plan)),
            new MessageKey.ByWorker(plan.workers()),
            false);
    spark.setCallSite(trains);
    RDD<byte[]> trained =
        Partitions.zip(state.inner(), gathered, new WorkerRound(plan, step, steps)).setName(trains);
    if (!plan.sync()) {
      trained.persist(stateLevel); // holds the workers' own state; sync has none
    }
    RDD<byte[]> messages = toOwners(Partitions.messages(trained, new Outgoing()));
    spark.setCallSite(averages);
    OuterStep outerStep = new OuterStep(optimizer, plan.chunks(), plan.workers(), plan.deltas());
    RDD<byte[]> stepped =
        Partitions.zip(state.outer(), messages, outerStep).setName(averages).persist(stateLevel);
    RoundResult result = result(Partitions.collect(stepped, new Scalars()));
    try {
      result.requireFinite();
    } catch (TrainingFailure e) {
      stepped.unpersist(false);
      trained.unpersist(false);
      throw e;
    }
    settle(trained, stepped, step, result);
    return result;
  }

  private void settle(RDD<byte[]> trained, RDD<byte[]> stepped, int step, RoundResult result) {
    TrainingState last = state;
    if (plan.sync()) {
      ShardedAdamW adamW = adamW(step, result.updateNorm());
      RDD<byte[]> outer = Partitions.messages(stepped, new Updated(adamW)).persist(ONE_COPY);
      state = new TrainingState(outer, last.inner(), List.of(outer, stepped));
    } else {
      state =
          new TrainingState(
              Partitions.messages(stepped, new Kept(MessageKey.Kind.CHUNK)),
              Partitions.messages(trained, new Kept(MessageKey.Kind.INNER)),
              List.of(stepped, trained));
    }
    state.deleteShuffles();
    last.release();
  }

  private ShardedAdamW adamW(int step, double norm) {
    double limit = plan.replica().optimizer().clipNorm();
    return new ShardedAdamW(
        plan.chunks(),
        plan.replica().model(),
        plan.replica().optimizer(),
        step,
        plan.replica().learningRate(step),
        norm > limit ? limit / norm : 1);
  }

  /** What the owners said, in their order. */
  private static RoundResult result(List<byte[]> scalars) {
    List<WorkerReport> reports = new ArrayList<>();
    double squares = 0;
    for (byte[] scalar : scalars) {
      if (kind(scalar) == MessageKey.Kind.REPORT) {
        reports.add(WorkerReport.of(Message.payload(scalar)));
      } else {
        squares += Message.body(scalar).getDouble();
      }
    }
    return new RoundResult(List.copyOf(reports), Math.sqrt(squares));
  }

  /** Frees what the executors hold. */
  void close() {
    if (state != null) {
      state.release();
      state = null;
    }
  }

  /** A new network's parameters, on one executor. */
  private static final class Initialize implements FlatMapFunction<Iterator<Integer>, byte[]> {
    private final RunPlan plan;

    Initialize(RunPlan plan) {
      this.plan = plan;
    }

    @Override
    public Iterator<byte[]> call(Iterator<Integer> once) {
      MultiLayerNetwork network = plan.replica().newNetwork();
      TaskCompletionListener close =
          context -> {
            GptNetwork.decoder(network).close();
            network.close();
          };
      TaskContext.get().addTaskCompletionListener(close);
      FloatBlock parameters = GptNetwork.parameters(network);
      Chunks chunks = plan.chunks();
      return IntStream.range(0, chunks.count())
          .mapToObj(
              chunk ->
                  Message.of(
                      MessageKey.of(MessageKey.Kind.CHUNK, chunk, 0),
                      chunks.from(chunk),
                      chunks.length(chunk),
                      parameters))
          .iterator();
    }
  }

  /** The state of workers that have none yet. */
  private static final class Nothing implements FlatMapFunction<Iterator<Integer>, byte[]> {
    @Override
    public Iterator<byte[]> call(Iterator<Integer> worker) {
      return Collections.emptyIterator();
    }
  }

  /** Messages with their keys as addresses. */
  private static final class Addressed
      implements FlatMapFunction<Iterator<byte[]>, Tuple2<Long, byte[]>> {
    @Override
    public Iterator<Tuple2<Long, byte[]>> call(Iterator<byte[]> messages) {
      return Iterators.map(messages, message -> new Tuple2<>(Message.key(message), message));
    }
  }

  /** All-gather: a chunk's parameters, once for each worker. */
  private static final class Scatter
      implements FlatMapFunction<Iterator<byte[]>, Tuple2<Long, byte[]>> {
    private final RunPlan plan;

    Scatter(RunPlan plan) {
      this.plan = plan;
    }

    @Override
    public Iterator<Tuple2<Long, byte[]>> call(Iterator<byte[]> chunks) {
      return Iterators.flatMap(chunks, this::copies);
    }

    private Stream<Tuple2<Long, byte[]>> copies(byte[] record) {
      int chunk = MessageKey.chunk(Message.key(record));
      int length = Message.HEADER + plan.chunks().length(chunk) * Float.BYTES;
      byte[] parameters = Arrays.copyOf(record, length); // they come first
      return IntStream.range(0, plan.workers())
          .mapToObj(
              worker ->
                  new Tuple2<>(MessageKey.of(MessageKey.Kind.CHUNK, chunk, worker), parameters));
    }
  }

  /** What a worker sends: all but the state that stays with it. */
  private static final class Outgoing implements FlatMapFunction<Iterator<byte[]>, byte[]> {
    @Override
    public Iterator<byte[]> call(Iterator<byte[]> messages) {
      return Iterators.filter(messages, message -> kind(message) != MessageKey.Kind.INNER);
    }
  }

  /** What an owner has to say to the driver: all but its chunks. */
  private static final class Scalars implements FlatMapFunction<Iterator<byte[]>, byte[]> {
    @Override
    public Iterator<byte[]> call(Iterator<byte[]> messages) {
      return Iterators.filter(messages, message -> kind(message) != MessageKey.Kind.CHUNK);
    }
  }

  /** State records of one kind among the messages. */
  private static final class Kept implements FlatMapFunction<Iterator<byte[]>, byte[]> {
    private final MessageKey.Kind kind;

    Kept(MessageKey.Kind kind) {
      this.kind = kind;
    }

    @Override
    public Iterator<byte[]> call(Iterator<byte[]> messages) {
      return Iterators.filter(messages, message -> kind(message) == kind);
    }
  }

  /** The chunks of {@code sync}, after the step that had to wait for the gradient's norm. */
  private static final class Updated implements FlatMapFunction<Iterator<byte[]>, byte[]> {
    private final ShardedAdamW adamW;

    Updated(ShardedAdamW adamW) {
      this.adamW = adamW;
    }

    @Override
    public Iterator<byte[]> call(Iterator<byte[]> messages) {
      return Iterators.map(new Kept(MessageKey.Kind.CHUNK).call(messages), adamW::step);
    }
  }

  private static MessageKey.Kind kind(byte[] message) {
    return MessageKey.kind(Message.key(message));
  }
}
