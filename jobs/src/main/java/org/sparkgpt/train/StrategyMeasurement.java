package org.sparkgpt.train;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.ParameterLayout;

/**
 * What a strategy costs beyond its training steps.
 *
 * @param strategy which
 * @param parameters of the network
 * @param workers side by side
 * @param localSteps between two exchanges
 * @param steps of the run
 * @param tokens trained on
 * @param seconds from the beginning to the end of the last round; the checkpoint after it is not in
 * @param stepSeconds of these in training steps, of each round the slowest worker's
 * @param driverBytes through the driver, see {@link DriverTraffic}
 * @param loss of the last round as the strategy tells it, nats per token; {@code dl4j}: of the last
 *     minibatches
 */
public record StrategyMeasurement(
    String strategy,
    long parameters,
    int workers,
    int localSteps,
    int steps,
    long tokens,
    double seconds,
    double stepSeconds,
    long driverBytes,
    double loss) {

  /** Not spent in training steps: exchange, scheduling, waiting. */
  public double outsideSeconds() {
    return seconds - stepSeconds;
  }

  public double driverBytesPerToken() {
    return (double) driverBytes / tokens;
  }

  /**
   * Trains a whole run.
   *
   * @param directory of its checkpoints; deleted before and after
   */
  public static StrategyMeasurement of(
      JavaSparkContext spark,
      GptConfig model,
      AdamWConfig optimizer,
      TrainConfig config,
      long seed,
      TrainingData data,
      Path directory)
      throws IOException, InterruptedException {
    DriverTraffic traffic = new DriverTraffic();
    spark.sc().addSparkListener(traffic);
    directory.getFileSystem(spark.hadoopConfiguration()).delete(directory, true);
    try {
      Clock clock = new Clock();
      TrainReport report =
          Training.run(spark, model, optimizer, config, seed, data, directory, clock);
      return new StrategyMeasurement(
          config.strategy().yaml(),
          ParameterLayout.of(model).length(),
          config.workers(),
          config.stepsOfRound(0),
          config.steps(),
          report.tokens(),
          clock.seconds,
          clock.stepSeconds,
          traffic.bytes(spark),
          report.loss());
    } finally {
      spark.sc().removeSparkListener(traffic);
      directory.getFileSystem(spark.hadoopConfiguration()).delete(directory, true);
    }
  }

  /** As a benchmark's line of JSON has it. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("benchmark", "strategies");
    fields.put("strategy", strategy);
    fields.put("parameters", parameters);
    fields.put("workers", workers);
    fields.put("localSteps", localSteps);
    fields.put("steps", steps);
    fields.put("tokens", tokens);
    fields.put("seconds", seconds);
    fields.put("stepSeconds", stepSeconds);
    fields.put("outsideSeconds", outsideSeconds());
    fields.put("driverBytes", driverBytes);
    fields.put("driverBytesPerToken", driverBytesPerToken());
    fields.put("loss", loss);
    return fields;
  }

  private static final class Clock implements RoundListener {
    private final long begin = System.nanoTime();
    private double seconds;
    private double stepSeconds;

    @Override
    public void roundEnded(RoundReport round) {
      seconds = (System.nanoTime() - begin) * 1e-9;
      stepSeconds += round.slowestWorkerSeconds();
    }
  }
}
