package org.sparkgpt.train;

import java.io.Serializable;

/**
 * What every task of a run needs to know; a few hundred bytes that travel with the task.
 *
 * @param replica how to build a worker's network
 * @param order which sample comes when
 * @param shards where their tokens are
 * @param chunks how the parameters are cut
 * @param workers replicas that train side by side
 * @param batchPerWorker sequences of one step on one worker
 * @param sync whether workers compute gradients only
 * @param deltas how a round's change travels to the owners
 */
record RunPlan(
    ReplicaSpec replica,
    DataOrder order,
    TokenSource shards,
    Chunks chunks,
    int workers,
    int batchPerWorker,
    boolean sync,
    DeltaEncoding deltas)
    implements Serializable {

  /** Chunk owners: partitions of the outer state. */
  int owners() {
    return workers;
  }

  /** Payload of one worker's round: parameters in, its chunks out. */
  long bytesPerWorker() {
    long bytes = Float.BYTES * chunks.length();
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      bytes += deltas.bytes(chunks.length(chunk));
    }
    return bytes;
  }

  SampleReader samples() {
    return new SampleReader(order, shards, replica.model().context());
  }

  /** For a worker's steps from {@code firstStep} on; the round's shards come in while it works. */
  SampleReader samples(int firstStep, int steps) {
    long samplesPerStep = (long) workers * batchPerWorker;
    shards.expect(order.shards(firstSample(firstStep, 0), steps * samplesPerStep));
    return samples();
  }

  /** Index in the data order of the first sample that {@code worker} takes at {@code step}. */
  long firstSample(int step, int worker) {
    return ((long) step * workers + worker) * batchPerWorker;
  }
}
