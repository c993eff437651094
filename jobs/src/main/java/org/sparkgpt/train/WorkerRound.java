package org.sparkgpt.train;

import java.util.Iterator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.ParameterLayout;

/**
 * What one worker does in a round: takes the parameters and its own state (AdamW's moments, and the
 * residual of a lossy {@link DeltaEncoding}), trains on its samples, and gives back its report, its
 * parameters or their change (or, under {@code sync}, its gradient) and its state. A pure function
 * of what comes in: a second attempt gives the same bits.
 */
final class WorkerRound implements FlatMapFunction2<Iterator<byte[]>, Iterator<byte[]>, byte[]> {
  private final RunPlan run;
  private final int firstStep;
  private final int steps;

  WorkerRound(RunPlan run, int firstStep, int steps) {
    this.run = run;
    this.firstStep = firstStep;
    this.steps = steps;
  }

  @Override
  public Iterator<byte[]> call(Iterator<byte[]> inner, Iterator<byte[]> gathered) {
    int worker = TaskContext.getPartitionId();
    Replica replica = ReplicaPool.borrowForTask(run.replica(), TaskContext.get());
    loadParameters(replica, worker, gathered);
    replica.workAs(worker);
    loadState(replica, inner);
    WorkerReport report = run.sync() ? differentiate(replica, worker) : train(replica, worker);
    // Chunk by chunk, as Spark asks for them: the vectors stay outside the heap.
    Stream<byte[]> tensors =
        IntStream.range(0, run.chunks().count())
            .boxed()
            .flatMap(chunk -> messages(replica, chunk, worker));
    return Stream.concat(reports(report), tensors).iterator();
  }

  private void loadParameters(Replica replica, int worker, Iterator<byte[]> gathered) {
    int chunks = 0;
    while (gathered.hasNext()) {
      load(gathered.next(), 0, replica.parameters());
      chunks++;
    }
    if (chunks != run.chunks().count()) {
      throw new IllegalStateException(
          "worker " + worker + " got " + chunks + " of " + run.chunks().count() + " chunks");
    }
  }

  /** A segment of a message to where its chunk lies in the vector. */
  private void load(byte[] message, int segment, FloatBlock vector) {
    int chunk = MessageKey.chunk(Message.key(message));
    long from = run.chunks().from(chunk);
    Message.copySegment(message, segment, vector, from, run.chunks().length(chunk));
  }

  /** What a worker has no state of its own for begins as zeros. */
  private void loadState(Replica replica, Iterator<byte[]> inner) {
    if (run.sync()) {
      return;
    }
    replica.firstMoments().zero();
    replica.secondMoments().zero();
    if (run.deltas().lossy()) {
      replica.feedback().begin(replica.parameters());
    }
    while (inner.hasNext()) {
      byte[] record = inner.next();
      load(record, 0, replica.firstMoments());
      load(record, 1, replica.secondMoments());
      if (run.deltas().lossy()) {
        int chunk = MessageKey.chunk(Message.key(record));
        float[] residual = Message.segmentOrZeros(record, 2, run.chunks().length(chunk));
        replica.feedback().restore(run.chunks().from(chunk), residual);
      }
    }
  }

  private WorkerReport train(Replica replica, int worker) {
    long begin = System.nanoTime();
    SampleReader samples = run.samples(firstStep, steps);
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
    int last = firstStep + steps - 1;
    String wrong = firstNotFinite(replica);
    return new WorkerReport(
        worker,
        tokens,
        lossSum / tokens,
        gradientNorm,
        seconds,
        run.bytesPerWorker(),
        wrong == null ? -1 : last,
        wrong);
  }

  private WorkerReport differentiate(Replica replica, int worker) {
    long begin = System.nanoTime();
    SampleReader samples = run.samples(firstStep, 1);
    Batch batch = samples.read(run.firstSample(firstStep, worker), run.batchPerWorker());
    Replica.Step result = replica.differentiate(firstStep, batch);
    if (result.failure() != null) {
      return failed(worker, firstStep, result.failure());
    }
    double seconds = (System.nanoTime() - begin) * 1e-9;
    return new WorkerReport(
        worker,
        batch.tokens(),
        result.loss(),
        result.gradientNorm(),
        seconds,
        run.bytesPerWorker(),
        -1,
        null);
  }

  private static WorkerReport failed(int worker, int step, String failure) {
    return new WorkerReport(worker, 1, 0, 0, 0, 0, step, failure);
  }

  /** The first parameter with an element that cannot be sent, and why; null: there is none. */
  private String firstNotFinite(Replica replica) {
    for (int chunk = 0; chunk < run.chunks().count(); chunk++) {
      long from = run.chunks().from(chunk);
      int length = run.chunks().length(chunk);
      float[] values = replica.parameters().toArray(from, length);
      int at = firstBeyond(Float.MAX_VALUE, values);
      if (at < length) {
        return nameAt(from + at) + " has the value " + values[at];
      }
      if (run.deltas().lossy()) {
        float[] unsent = replica.feedback().unsent(replica.parameters(), from, length);
        at = firstBeyond(DeltaEncoding.LARGEST, unsent);
        if (at < length) {
          return nameAt(from + at) + " changed by " + unsent[at] + " in a round";
        }
      }
    }
    return null;
  }

  /** Index of the first element that is not within [-limit, limit]; the length: all are. */
  private static int firstBeyond(float limit, float[] values) {
    int i = 0;
    while (i < values.length && Math.abs(values[i]) <= limit) {
      i++;
    }
    return i;
  }

  private String nameAt(long element) {
    return ParameterLayout.of(run.replica().model()).at(element).name();
  }

  /** Every owner needs the token counts; the first passes the reports on to the driver. */
  private Stream<byte[]> reports(WorkerReport report) {
    ExecutorTotals.add(report);
    byte[] bytes = report.here().toBytes();
    return IntStream.range(0, run.owners())
        .mapToObj(
            owner ->
                Message.of(MessageKey.of(MessageKey.Kind.REPORT, owner, report.worker()), bytes));
  }

  /** A chunk for its owner, and after it the worker's own state for the same elements. */
  private Stream<byte[]> messages(Replica replica, int chunk, int worker) {
    long toOwner = MessageKey.of(MessageKey.Kind.CHUNK, chunk, worker);
    long toItself = MessageKey.of(MessageKey.Kind.INNER, chunk, worker);
    long from = run.chunks().from(chunk);
    int length = run.chunks().length(chunk);
    if (run.sync()) {
      return Stream.of(Message.of(toOwner, from, length, replica.gradients()));
    }
    FloatBlock parameters = replica.parameters();
    if (!run.deltas().lossy()) {
      return Stream.of(
          Message.of(toOwner, from, length, parameters),
          Message.of(toItself, from, length, replica.firstMoments(), replica.secondMoments()));
    }
    ErrorFeedback.Sent sent =
        replica.feedback().send(toOwner, parameters, from, length, run.deltas());
    byte[] state =
        Message.of(
            toItself,
            replica.firstMoments().toArray(from, length),
            replica.secondMoments().toArray(from, length),
            sent.residual());
    return Stream.of(sent.message(), state);
  }
}
