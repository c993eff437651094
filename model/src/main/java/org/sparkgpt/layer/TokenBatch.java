package org.sparkgpt.layer;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Token ids of a minibatch [B,T], and a window on one micro-batch. */
final class TokenBatch {
  private final int microBatch;
  private int sequences;
  private int time;
  private int first; // of the selected micro-batch
  private int rows;
  private boolean labelled;
  private int[] allIds = {};
  private int[] allTargets = {};
  private int[] ids = {};
  private int[] targets = {};

  TokenBatch(int microBatch) {
    this.microBatch = microBatch;
  }

  void read(INDArray input, INDArray labels, INDArray mask) {
    if (mask != null) {
      throw new IllegalArgumentException(
          "masks are not supported: pack documents to sequences of equal length");
    }
    if (labels == null || !Arrays.equals(input.shape(), labels.shape())) {
      throw new IllegalArgumentException(
          "expected labels [B,T] of the features' shape "
              + Arrays.toString(input.shape())
              + ", got "
              + (labels == null ? "none" : Arrays.toString(labels.shape())));
    }
    read(input);
    copy(labels, allTargets);
    labelled = true;
  }

  void read(INDArray input) {
    if (input.rank() != 2) {
      throw new IllegalArgumentException(
          "expected token ids [B,T], got an array of shape " + Arrays.toString(input.shape()));
    }
    resize(Math.toIntExact(input.size(0)), Math.toIntExact(input.size(1)));
    copy(input, allIds);
    labelled = false;
  }

  /** From arrays (B,T), row-major, which may be longer. */
  void read(int[] from, int[] next, int batch, int length) {
    if (batch < 1 || length < 1) {
      throw new IllegalArgumentException(
          "expected a batch of sequences, got " + batch + " x " + length);
    }
    int count = Math.multiplyExact(batch, length);
    if (from.length < count || next.length < count) {
      throw new IllegalArgumentException(
          "a batch of %d x %d needs %d token ids and targets, got %d and %d"
              .formatted(batch, length, count, from.length, next.length));
    }
    resize(batch, length);
    System.arraycopy(from, 0, allIds, 0, count);
    System.arraycopy(next, 0, allTargets, 0, count);
    labelled = true;
  }

  private void resize(int batch, int length) {
    sequences = batch;
    time = length;
    if (allIds.length < positions()) {
      allIds = new int[positions()];
      allTargets = new int[positions()];
    }
    int window = Math.min(microBatch, sequences) * time;
    if (ids.length < window) {
      ids = new int[window];
      targets = new int[window];
    }
  }

  private void copy(INDArray from, int[] to) {
    DataBuffer data = from.data();
    boolean packed = from.ordering() == 'c' && !from.isView();
    for (int r = 0; r < sequences; r++) {
      for (int t = 0; t < time; t++) {
        int i = r * time + t;
        to[i] = packed ? data.getInt(i) : from.getInt(r, t);
      }
    }
  }

  int sequences() {
    return sequences;
  }

  int time() {
    return time;
  }

  /** B·T of the whole minibatch. */
  int positions() {
    return Math.multiplyExact(sequences, time);
  }

  int microBatches() {
    return (sequences + microBatch - 1) / microBatch;
  }

  /** Makes {@link #ids()} and {@link #targets()} those of micro-batch {@code index}. */
  void select(int index) {
    first = index * microBatch;
    rows = Math.min(microBatch, sequences - first);
    System.arraycopy(allIds, first * time, ids, 0, rows * time);
    if (labelled) {
      System.arraycopy(allTargets, first * time, targets, 0, rows * time);
    }
  }

  /** Sequence number of the micro-batch's first row. */
  int first() {
    return first;
  }

  int rows() {
    return rows;
  }

  int[] ids() {
    return ids;
  }

  int[] targets() {
    return targets;
  }
}
