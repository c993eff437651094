package org.sparkgpt.train;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.api.java.function.FlatMapFunction2;

/**
 * What an owner does in a round: averages each of its chunks over the workers, weighted by tokens
 * and summed in double in the workers' order, and lets the {@link OuterOptimizer} act on the mean.
 * Contributions are parameters (or gradients), or, from a lossy {@link DeltaEncoding}, changes of
 * the parameters that the owner has. Both inputs are sorted by chunk, so that one chunk at a time
 * is in memory.
 */
final class OuterStep implements FlatMapFunction2<Iterator<byte[]>, Iterator<byte[]>, byte[]> {
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
  public Iterator<byte[]> call(Iterator<byte[]> state, Iterator<byte[]> messages) {
    return new Stepping(state, messages);
  }

  private final class Stepping implements Iterator<byte[]> {
    private final Iterator<byte[]> state;
    private final Iterator<byte[]> messages;
    private final Queue<byte[]> ready = new ArrayDeque<>();
    private final double[] weights = new double[workers];
    private double squaredNorm;

    Stepping(Iterator<byte[]> state, Iterator<byte[]> messages) {
      this.state = state;
      this.messages = messages;
      readReports();
    }

    @Override
    public boolean hasNext() {
      return !ready.isEmpty() || state.hasNext();
    }

    @Override
    public byte[] next() {
      if (ready.isEmpty()) {
        step(state.next());
      }
      return ready.remove();
    }

    private void readReports() {
      double tokens = 0;
      for (int worker = 0; worker < workers; worker++) {
        byte[] message = expect(MessageKey.Kind.REPORT, null, worker);
        weights[worker] = WorkerReport.of(Message.payload(message)).tokens();
        tokens += weights[worker];
        if (MessageKey.chunk(Message.key(message)) == 0) {
          ready.add(message);
        }
      }
      for (int worker = 0; worker < workers; worker++) {
        weights[worker] /= tokens;
      }
    }

    private void step(byte[] record) {
      int chunk = MessageKey.chunk(Message.key(record));
      double[] mean = new double[chunks.length(chunk)];
      if (deltas.lossy()) {
        add(1, Message.segment(record, 0, mean.length), mean);
      }
      for (int worker = 0; worker < workers; worker++) {
        byte[] contribution = expect(MessageKey.Kind.CHUNK, chunk, worker);
        add(weights[worker], deltas.decode(contribution, mean.length), mean);
      }
      OuterOptimizer.Result result = optimizer.step(record, mean);
      ready.add(result.state());
      squaredNorm += result.squaredNorm();
      if (!state.hasNext()) {
        byte[] norm = Message.empty(MessageKey.of(MessageKey.Kind.NORM, chunk, 0), Double.BYTES);
        Message.body(norm).putDouble(squaredNorm);
        ready.add(norm);
      }
    }

    private static void add(double weight, float[] values, double[] sum) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += weight * values[i];
      }
    }

    private byte[] expect(MessageKey.Kind kind, Integer chunk, int worker) {
      if (!messages.hasNext()) {
        throw new NoSuchElementException("worker " + worker + " sent no " + kind + " " + chunk);
      }
      byte[] message = messages.next();
      long key = Message.key(message);
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
