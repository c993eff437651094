package org.sparkgpt.train;

import java.nio.ByteBuffer;
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
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.TaskCompletionListener;
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
    JavaPairRDD<Integer, byte[]> outer =
        spark
            .parallelize(List.of(0), 1)
            .mapPartitionsToPair(new Initialize(plan))
            .repartitionAndSortWithinPartitions(new MessageKey.Owner(plan.owners()));
    List<Integer> workers = IntStream.range(0, plan.workers()).boxed().toList();
    JavaPairRDD<Integer, byte[]> inner =
        spark
            .parallelize(workers, plan.workers())
            .mapPartitionsToPair(none -> Collections.emptyIterator());
    restart(outer, inner);
  }

  /** Goes on from a state that was read back from storage; forgets how the last one came about. */
  void restart(JavaPairRDD<Integer, byte[]> outer, JavaPairRDD<Integer, byte[]> inner) {
    close();
    JavaPairRDD<Integer, byte[]> kept = outer.persist(ONE_COPY);
    state = new TrainingState(kept, inner.persist(ONE_COPY), List.of(kept, inner));
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
    RDD<Tuple2<Long, byte[]>> gathered =
        pairs(Partitions.map(state.outer().rdd(), false, new Scatter(plan)))
            .partitionBy(new MessageKey.ByWorker(plan.workers()))
            .rdd();
    spark.setCallSite(trains);
    RDD<Tuple2<Long, byte[]>> trained =
        Partitions.zip(state.inner().rdd(), gathered, new WorkerRound(plan, step, steps))
            .setName(trains);
    if (!plan.sync()) {
      trained.persist(stateLevel); // holds the workers' own state; sync has none
    }
    RDD<Tuple2<Long, byte[]>> messages =
        pairs(Partitions.map(trained, false, new Outgoing()))
            .repartitionAndSortWithinPartitions(new MessageKey.ByOwner(plan.owners()))
            .rdd();
    spark.setCallSite(averages);
    OuterStep outerStep = new OuterStep(optimizer, plan.chunks(), plan.workers(), plan.deltas());
    RDD<Tuple2<Long, byte[]>> stepped =
        Partitions.zip(state.outer().rdd(), messages, outerStep)
            .setName(averages)
            .persist(stateLevel);
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

  private void settle(
      RDD<Tuple2<Long, byte[]>> trained,
      RDD<Tuple2<Long, byte[]>> stepped,
      int step,
      RoundResult result) {
    TrainingState last = state;
    if (plan.sync()) {
      ShardedAdamW adamW = adamW(step, result.updateNorm());
      JavaPairRDD<Integer, byte[]> outer =
          pairs(Partitions.map(stepped, true, new Updated(adamW))).persist(ONE_COPY);
      state = new TrainingState(outer, last.inner(), List.of(outer, stepped.toJavaRDD()));
    } else {
      state =
          new TrainingState(
              pairs(Partitions.map(stepped, true, new Kept(MessageKey.Kind.CHUNK))),
              pairs(Partitions.map(trained, true, new Kept(MessageKey.Kind.INNER))),
              List.of(stepped.toJavaRDD(), trained.toJavaRDD()));
    }
    state.deleteShuffles();
    last.release();
  }

  private static <K> JavaPairRDD<K, byte[]> pairs(RDD<Tuple2<K, byte[]>> rdd) {
    return JavaPairRDD.fromJavaRDD(rdd.toJavaRDD());
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

  private static RoundResult result(List<Tuple2<Long, byte[]>> scalars) {
    List<Tuple2<Long, byte[]>> sorted = new ArrayList<>(scalars);
    sorted.sort((a, b) -> Long.compare(a._1(), b._1())); // sums do not depend on the owners
    List<WorkerReport> reports = new ArrayList<>();
    double squares = 0;
    for (Tuple2<Long, byte[]> scalar : sorted) {
      if (MessageKey.kind(scalar._1()) == MessageKey.Kind.REPORT) {
        reports.add(WorkerReport.of(scalar._2()));
      } else {
        squares += ByteBuffer.wrap(scalar._2()).getDouble();
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
  private static final class Initialize
      implements PairFlatMapFunction<Iterator<Integer>, Integer, byte[]> {
    private final RunPlan plan;

    Initialize(RunPlan plan) {
      this.plan = plan;
    }

    @Override
    public Iterator<Tuple2<Integer, byte[]>> call(Iterator<Integer> once) {
      Replica replica = new Replica(plan.replica()); // a used one has other parameters by now
      TaskCompletionListener close = context -> replica.close();
      TaskContext.get().addTaskCompletionListener(close);
      Chunks chunks = plan.chunks();
      return IntStream.range(0, chunks.count())
          .mapToObj(
              chunk -> {
                long from = chunks.from(chunk);
                byte[] bytes = ChunkBytes.of(from, chunks.length(chunk), replica.parameters());
                return new Tuple2<>(chunk, bytes);
              })
          .iterator();
    }
  }

  /** All-gather: a chunk's parameters, once for each worker. */
  private static final class Scatter
      implements FlatMapFunction<Iterator<Tuple2<Integer, byte[]>>, Tuple2<Long, byte[]>> {
    private final RunPlan plan;

    Scatter(RunPlan plan) {
      this.plan = plan;
    }

    @Override
    public Iterator<Tuple2<Long, byte[]>> call(Iterator<Tuple2<Integer, byte[]>> chunks) {
      return Iterators.flatMap(chunks, this::copies);
    }

    private Stream<Tuple2<Long, byte[]>> copies(Tuple2<Integer, byte[]> record) {
      int chunk = record._1();
      byte[] parameters = Arrays.copyOf(record._2(), plan.chunks().length(chunk) * Float.BYTES);
      return IntStream.range(0, plan.workers())
          .mapToObj(
              worker ->
                  new Tuple2<>(MessageKey.of(MessageKey.Kind.CHUNK, chunk, worker), parameters));
    }
  }

  /** What a worker sends: all but the state that stays with it. */
  private static final class Outgoing
      implements FlatMapFunction<Iterator<Tuple2<Long, byte[]>>, Tuple2<Long, byte[]>> {
    @Override
    public Iterator<Tuple2<Long, byte[]>> call(Iterator<Tuple2<Long, byte[]>> messages) {
      return Iterators.filter(
          messages, message -> MessageKey.kind(message._1()) != MessageKey.Kind.INNER);
    }
  }

  /** What an owner has to say to the driver: all but its chunks. */
  private static final class Scalars
      implements FlatMapFunction<Iterator<Tuple2<Long, byte[]>>, Tuple2<Long, byte[]>> {
    @Override
    public Iterator<Tuple2<Long, byte[]>> call(Iterator<Tuple2<Long, byte[]>> messages) {
      return Iterators.filter(
          messages, message -> MessageKey.kind(message._1()) != MessageKey.Kind.CHUNK);
    }
  }

  /** State records of one kind among the messages. */
  private static final class Kept
      implements FlatMapFunction<Iterator<Tuple2<Long, byte[]>>, Tuple2<Integer, byte[]>> {
    private final MessageKey.Kind kind;

    Kept(MessageKey.Kind kind) {
      this.kind = kind;
    }

    @Override
    public Iterator<Tuple2<Integer, byte[]>> call(Iterator<Tuple2<Long, byte[]>> messages) {
      return Iterators.map(
          Iterators.filter(messages, message -> MessageKey.kind(message._1()) == kind),
          message -> new Tuple2<>(MessageKey.chunk(message._1()), message._2()));
    }
  }

  /** The chunks of {@code sync}, after the step that had to wait for the gradient's norm. */
  private static final class Updated
      implements FlatMapFunction<Iterator<Tuple2<Long, byte[]>>, Tuple2<Integer, byte[]>> {
    private final ShardedAdamW adamW;

    Updated(ShardedAdamW adamW) {
      this.adamW = adamW;
    }

    @Override
    public Iterator<Tuple2<Integer, byte[]>> call(Iterator<Tuple2<Long, byte[]>> messages) {
      return Iterators.map(new Kept(MessageKey.Kind.CHUNK).call(messages), adamW::call);
    }
  }
}
