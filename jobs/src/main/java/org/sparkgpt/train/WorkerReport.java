package org.sparkgpt.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockManagerId;

/**
 * What a worker tells the driver about its round: scalars only.
 *
 * @param worker which one
 * @param tokens trained on in this round
 * @param loss mean over the round's steps, nats per token
 * @param gradientNorm global norm of the last step's gradient before clipping
 * @param seconds spent in the steps
 * @param bytes received and sent: parameters, changes or gradients, before Spark compresses them
 * @param failedStep first step whose loss or parameters were not finite; -1: none
 * @param failure what was not finite; null: nothing
 * @param host where it ran; null: not known yet
 * @param executor the process it ran in; null: not known yet
 */
record WorkerReport(
    int worker,
    long tokens,
    double loss,
    double gradientNorm,
    double seconds,
    long bytes,
    int failedStep,
    String failure,
    String host,
    String executor) {
  private static final ObjectMapper JSON = new ObjectMapper();

  WorkerReport(
      int worker,
      long tokens,
      double loss,
      double gradientNorm,
      double seconds,
      long bytes,
      int failedStep,
      String failure) {
    this(worker, tokens, loss, gradientNorm, seconds, bytes, failedStep, failure, null, null);
  }

  /** The same, with the host and the executor that the caller runs on. */
  WorkerReport here() {
    BlockManagerId here = SparkEnv.get().blockManager().blockManagerId();
    return new WorkerReport(
        worker,
        tokens,
        loss,
        gradientNorm,
        seconds,
        bytes,
        failedStep,
        failure,
        here.host(),
        here.executorId());
  }

  RoundReport.Worker part() {
    return new RoundReport.Worker(worker, host, executor, tokens, seconds, bytes);
  }

  byte[] toBytes() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static WorkerReport of(byte[] bytes) {
    try {
      return JSON.readValue(bytes, WorkerReport.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
