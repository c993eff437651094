package org.sparkgpt.train;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.api.java.function.FlatMapFunction2;
import scala.Tuple2;

/**
 * What an owner does in a round: averages each of its chunks over the workers, weighted by tokens
 * and summed in double in the workers' order, and lets the {@link OuterOptimizer} act on the mean.
 * Contributions are parameters (or gradients), or, from a lossy {@link DeltaEncoding}, changes of
 * the parameters that the owner has. Both inputs are sorted by chunk, so that one chunk at a time
 * is in memory.
 */
final class OuterStep
    implements FlatMapFunction2<
        Iterator<Tuple2<Integer, byte[]>>, Iterator<Tuple2<Long, byte[]>>, Tuple2<Long, byte[]>> {
  private final OuterOptimizer optimizer;
  private final Chunks chunks;
  private final int workers;
  private final DeltaEncoding deltas;

  OuterStep(OuterOptimizer optimizer, Chunks chunks, int workers, DeltaEncoding deltas) {
    this.optimizer = optimizer;
    this.chunks = chunks;
    this.workers = workers;
    this.deltas = deltas;
  }

  @Override
  public Iterator<Tuple2<Long, byte[]>> call(
      Iterator<Tuple2<Integer, byte[]>> state, Iterator<Tuple2<Long, byte[]>> messages) {
    return new Stepping(state, messages);
  }

  private final class Stepping implements Iterator<Tuple2<Long, byte[]>> {
    private final Iterator<Tuple2<Integer, byte[]>> state;
    private final Iterator<Tuple2<Long, byte[]>> messages;
    private final Queue<Tuple2<Long, byte[]>> ready = new ArrayDeque<>();
    private final double[] weights = new double[workers];

    Stepping(Iterator<Tuple2<Integer, byte[]>> state, Iterator<Tuple2<Long, byte[]>> messages) {
      this.state = state;
      this.messages = messages;
      readReports();
    }

    @Override
    public boolean hasNext() {
      return !ready.isEmpty() || state.hasNext();
    }

    @Override
    public Tuple2<Long, byte[]> next() {
      if (ready.isEmpty()) {
        step(state.next());
      }
      return ready.remove();
    }

    private void readReports() {
      double tokens = 0;
      for (int worker = 0; worker < workers; worker++) {
        Tuple2<Long, byte[]> message = expect(MessageKey.Kind.REPORT, null, worker);
        weights[worker] = WorkerReport.of(message._2()).tokens();
        tokens += weights[worker];
        if (MessageKey.chunk(message._1()) == 0) {
          ready.add(message);
        }
      }
      for (int worker = 0; worker < workers; worker++) {
        weights[worker] /= tokens;
      }
    }

    private void step(Tuple2<Integer, byte[]> record) {
      int chunk = record._1();
      double[] mean = new double[chunks.length(chunk)];
      if (deltas.lossy()) {
        add(1, ChunkBytes.segment(record._2(), 0, mean.length), mean);
      }
      for (int worker = 0; worker < workers; worker++) {
        byte[] contribution = expect(MessageKey.Kind.CHUNK, chunk, worker)._2();
        add(weights[worker], deltas.decode(contribution, mean.length), mean);
      }
      OuterOptimizer.Result result = optimizer.step(record._2(), mean);
      ready.add(new Tuple2<>(MessageKey.of(MessageKey.Kind.CHUNK, chunk, 0), result.state()));
      byte[] norm = ByteBuffer.allocate(Double.BYTES).putDouble(result.squaredNorm()).array();
      ready.add(new Tuple2<>(MessageKey.of(MessageKey.Kind.NORM, chunk, 0), norm));
    }

    private static void add(double weight, float[] values, double[] sum) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += weight * values[i];
      }
    }

    private Tuple2<Long, byte[]> expect(MessageKey.Kind kind, Integer chunk, int worker) {
      if (!messages.hasNext()) {
        throw new NoSuchElementException("worker " + worker + " sent no " + kind + " " + chunk);
      }
      Tuple2<Long, byte[]> message = messages.next();
      long key = message._1();
      boolean fits = chunk == null || MessageKey.chunk(key) == chunk;
      if (MessageKey.kind(key) != kind || MessageKey.worker(key) != worker || !fits) {
        throw new IllegalStateException(
            "expected "
                + kind
                + " "
                + chunk
                + " of worker "
                + worker
                + ", got "
                + MessageKey.kind(key)
                + " "
                + MessageKey.chunk(key)
                + " of worker "
                + MessageKey.worker(key));
      }
      return message;
    }
  }
}
