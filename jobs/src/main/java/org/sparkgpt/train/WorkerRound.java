package org.sparkgpt.train;

import java.util.Iterator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.ParameterLayout;
import scala.Tuple2;

/**
 * What one worker does in a round: takes the parameters and its own optimizer state, trains on its
 * samples, and gives back its report, its parameters (or, under {@code sync}, its gradient) and its
 * optimizer state. A pure function of what comes in: a second attempt gives the same bits.
 */
final class WorkerRound
    implements FlatMapFunction2<
        Iterator<Tuple2<Integer, byte[]>>, Iterator<Tuple2<Long, byte[]>>, Tuple2<Long, byte[]>> {
  private final RunPlan run;
  private final int firstStep;
  private final int steps;

  WorkerRound(RunPlan run, int firstStep, int steps) {
    this.run = run;
    this.firstStep = firstStep;
    this.steps = steps;
  }

  @Override
  public Iterator<Tuple2<Long, byte[]>> call(
      Iterator<Tuple2<Integer, byte[]>> inner, Iterator<Tuple2<Long, byte[]>> gathered) {
    Replica replica = ReplicaPool.borrowForTask(run.replica(), TaskContext.get());
    int worker = loadParameters(replica, gathered);
    replica.workAs(worker);
    loadMoments(replica, inner);
    WorkerReport report = run.sync() ? differentiate(replica, worker) : train(replica, worker);
    FloatBlock result = run.sync() ? replica.gradients() : replica.parameters();
    // Chunk by chunk, as Spark asks for them: the vectors stay outside the heap.
    Stream<Tuple2<Long, byte[]>> tensors =
        Stream.concat(chunks(result, worker), moments(replica, worker));
    return Stream.concat(reports(report), tensors).iterator();
  }

  private int loadParameters(Replica replica, Iterator<Tuple2<Long, byte[]>> gathered) {
    int worker = -1;
    int chunks = 0;
    while (gathered.hasNext()) {
      Tuple2<Long, byte[]> message = gathered.next();
      int chunk = MessageKey.chunk(message._1());
      worker = MessageKey.worker(message._1());
      chunks++;
      float[] values = ChunkBytes.segment(message._2(), 0, run.chunks().length(chunk));
      replica.parameters().put(run.chunks().from(chunk), values);
    }
    if (chunks != run.chunks().count()) {
      throw new IllegalStateException(
          "worker " + worker + " got " + chunks + " of " + run.chunks().count() + " chunks");
    }
    return worker;
  }

  /** A worker without state of its own begins with moments of zero. */
  private void loadMoments(Replica replica, Iterator<Tuple2<Integer, byte[]>> inner) {
    if (run.sync()) {
      return;
    }
    replica.firstMoments().zero();
    replica.secondMoments().zero();
    while (inner.hasNext()) {
      Tuple2<Integer, byte[]> record = inner.next();
      long from = run.chunks().from(record._1());
      int length = run.chunks().length(record._1());
      replica.firstMoments().put(from, ChunkBytes.segment(record._2(), 0, length));
      replica.secondMoments().put(from, ChunkBytes.segment(record._2(), 1, length));
    }
  }

  private WorkerReport train(Replica replica, int worker) {
    SampleReader samples = run.samples();
    long begin = System.nanoTime();
    long tokens = 0;
    double lossSum = 0;
    double gradientNorm = 0;
    for (int step = firstStep; step < firstStep + steps; step++) {
      Batch batch = samples.read(run.firstSample(step, worker), run.batchPerWorker());
      Replica.Step result = replica.train(step, batch);
      if (result.failure() != null) {
        return failed(worker, step, result.failure());
      }
      tokens += batch.tokens();
      lossSum += result.loss() * batch.tokens();
      gradientNorm = result.gradientNorm();
    }
    double seconds = (System.nanoTime() - begin) * 1e-9;
    long bytes = 2 * Float.BYTES * run.chunks().length(); // parameters in and out
    int last = firstStep + steps - 1;
    String wrong = firstNotFinite(replica.parameters());
    return new WorkerReport(
        worker,
        tokens,
        lossSum / tokens,
        gradientNorm,
        seconds,
        bytes,
        wrong == null ? -1 : last,
        wrong);
  }

  private WorkerReport differentiate(Replica replica, int worker) {
    long begin = System.nanoTime();
    Batch batch = run.samples().read(run.firstSample(firstStep, worker), run.batchPerWorker());
    Replica.Step result = replica.differentiate(firstStep, batch);
    if (result.failure() != null) {
      return failed(worker, firstStep, result.failure());
    }
    double seconds = (System.nanoTime() - begin) * 1e-9;
    long bytes = 2 * Float.BYTES * run.chunks().length();
    return new WorkerReport(
        worker, batch.tokens(), result.loss(), result.gradientNorm(), seconds, bytes, -1, null);
  }

  private static WorkerReport failed(int worker, int step, String failure) {
    return new WorkerReport(worker, 1, 0, 0, 0, 0, step, failure);
  }

  /** The name of the first parameter with an element that is not a number; null: there is none. */
  private String firstNotFinite(FloatBlock vector) {
    for (int chunk = 0; chunk < run.chunks().count(); chunk++) {
      long from = run.chunks().from(chunk);
      float[] values = vector.toArray(from, run.chunks().length(chunk));
      for (int i = 0; i < values.length; i++) {
        if (!Float.isFinite(values[i])) {
          String name = ParameterLayout.of(run.replica().model()).at(from + i).name();
          return name + " has the value " + values[i];
        }
      }
    }
    return null;
  }

  /** Every owner needs the token counts; the first passes the reports on to the driver. */
  private Stream<Tuple2<Long, byte[]>> reports(WorkerReport report) {
    ExecutorTotals.add(report);
    byte[] bytes = report.here().toBytes();
    return IntStream.range(0, run.owners())
        .mapToObj(
            owner ->
                new Tuple2<>(MessageKey.of(MessageKey.Kind.REPORT, owner, report.worker()), bytes));
  }

  private Stream<Tuple2<Long, byte[]>> chunks(FloatBlock vector, int worker) {
    return messages(MessageKey.Kind.CHUNK, worker, vector);
  }

  private Stream<Tuple2<Long, byte[]>> moments(Replica replica, int worker) {
    return run.sync()
        ? Stream.of()
        : messages(MessageKey.Kind.INNER, worker, replica.firstMoments(), replica.secondMoments());
  }

  private Stream<Tuple2<Long, byte[]>> messages(
      MessageKey.Kind kind, int worker, FloatBlock... blocks) {
    Chunks chunks = run.chunks();
    return IntStream.range(0, chunks.count())
        .mapToObj(
            chunk ->
                new Tuple2<>(
                    MessageKey.of(kind, chunk, worker),
                    ChunkBytes.of(chunks.from(chunk), chunks.length(chunk), blocks)));
  }
}
