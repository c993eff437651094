package org.sparkgpt.train;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One round, as the operator sees it and as a line of {@code metrics.jsonl} has it.
 *
 * @param step optimizer steps taken, this round's included
 * @param steps of the whole run
 * @param tokens trained on since the run began
 * @param loss mean over the round's steps and workers, nats per token
 * @param learningRate of the round's last step
 * @param gradientNorm before clipping, of the last step, mean over the workers
 * @param updateNorm of the mean change that the outer optimizer acted on; {@code sync}: of the mean
 *     gradient
 * @param tokensPerSecond of the round, everything included
 * @param bytes that workers received and sent, before Spark compresses them
 * @param seconds of the round
 * @param slowestWorkerSeconds longest training time of a worker; the rest of the round is exchange
 * @param medianWorkerSeconds to tell stragglers by
 */
public record RoundReport(
    @JsonProperty("step") int step,
    @JsonProperty("steps") int steps,
    @JsonProperty("tokens") long tokens,
    @JsonProperty("loss") double loss,
    @JsonProperty("lr") double learningRate,
    @JsonProperty("grad_norm") double gradientNorm,
    @JsonProperty("update_norm") double updateNorm,
    @JsonProperty("tokens_per_second") double tokensPerSecond,
    @JsonProperty("bytes") long bytes,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("slowest_worker_seconds") double slowestWorkerSeconds,
    @JsonProperty("median_worker_seconds") double medianWorkerSeconds) {

  /**
   * The progress line.
   *
   * @param secondsLeft estimate for the rest of the run
   */
  String line(double secondsLeft) {
    return String.format(
        java.util.Locale.ROOT,
        "step=%d/%d loss=%.4f lr=%.3g grad_norm=%.3g tokens/s=%,.0f bytes=%,d left=%s",
        step,
        steps,
        loss,
        learningRate,
        gradientNorm,
        tokensPerSecond,
        bytes,
        duration(secondsLeft));
  }

  static String duration(double seconds) {
    long s = Math.round(seconds);
    return s < 60
        ? s + "s"
        : s < 3600 ? s / 60 + "m" + s % 60 + "s" : s / 3600 + "h" + s / 60 % 60 + "m";
  }
}
