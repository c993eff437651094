package org.sparkgpt.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
 * @param time of the round's end, milliseconds since 1970
 * @param workers who took part, by number; none under {@code dl4j}
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
    @JsonProperty("median_worker_seconds") double medianWorkerSeconds,
    @JsonProperty("time") long time,
    @JsonProperty("workers") List<Worker> workers) {

  /** A worker this much slower than the median one is named. */
  private static final double STRAGGLER = 1.5;

  /** Seconds that are worth a word: shorter rounds vary by more than half anyway. */
  private static final double LAG = 0.1;

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /**
   * A worker's part.
   *
   * @param worker its number
   * @param host where it ran
   * @param executor Spark's name for the process it ran in
   * @param tokens trained on
   * @param seconds spent in the steps
   * @param bytes received and sent
   */
  public record Worker(
      @JsonProperty("worker") int worker,
      @JsonProperty("host") String host,
      @JsonProperty("executor") String executor,
      @JsonProperty("tokens") long tokens,
      @JsonProperty("seconds") double seconds,
      @JsonProperty("bytes") long bytes) {}

  public RoundReport {
    workers = workers == null ? List.of() : List.copyOf(workers);
  }

  /**
   * A line of {@code metrics.jsonl}, which leaves out what is not a finite number.
   *
   * @throws IOException if it is not JSON
   */
  static RoundReport parse(String line) throws IOException {
    ObjectNode fields = JSON.createObjectNode();
    for (String measured :
        List.of(
            "loss",
            "lr",
            "grad_norm",
            "update_norm",
            "tokens_per_second",
            "seconds",
            "slowest_worker_seconds",
            "median_worker_seconds")) {
      fields.put(measured, Double.NaN);
    }
    fields.setAll(JSON.readValue(line, ObjectNode.class));
    return JSON.treeToValue(fields, RoundReport.class);
  }

  /** As a line of {@code metrics.jsonl}, without its end. */
  String json() {
    try {
      ObjectNode line = JSON.valueToTree(this);
      line.properties().removeIf(field -> !Double.isFinite(field.getValue().asDouble()));
      return JSON.writeValueAsString(line);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Seconds in which no worker trained: exchange, scheduling, waiting for executors. */
  @JsonProperty(value = "outside_seconds", access = JsonProperty.Access.READ_ONLY)
  public double outsideSeconds() {
    return seconds - slowestWorkerSeconds;
  }

  /** The slowest worker, if the others wait for it. */
  Optional<Worker> straggler() {
    return workers.stream()
        .max(Comparator.comparingDouble(Worker::seconds))
        .filter(
            slowest ->
                slowest.seconds() > STRAGGLER * medianWorkerSeconds
                    && slowest.seconds() > LAG + medianWorkerSeconds);
  }

  /**
   * The progress line.
   *
   * @param secondsLeft estimate for the rest of the run
   */
  String line(double secondsLeft) {
    return String.format(
        Locale.ROOT,
        "step=%d/%d loss=%.4f lr=%.3g grad_norm=%.3g tokens/s=%,.0f bytes=%,d"
            + " slowest=%.3gs median=%.3gs outside=%.1f%%%s left=%s",
        step,
        steps,
        loss,
        learningRate,
        gradientNorm,
        tokensPerSecond,
        bytes,
        slowestWorkerSeconds,
        medianWorkerSeconds,
        100 * outsideSeconds() / seconds,
        straggler()
            .map(w -> " straggler=" + w.worker() + "@" + w.host() + "/executor-" + w.executor())
            .orElse(""),
        duration(secondsLeft));
  }

  static String duration(double seconds) {
    long s = Math.round(seconds);
    return s < 60
        ? s + "s"
        : s < 3600 ? s / 60 + "m" + s % 60 + "s" : s / 3600 + "h" + s / 60 % 60 + "m";
  }
}
