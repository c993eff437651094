package org.sparkgpt.report;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.sparkgpt.train.ExecutorTotals;
import org.sparkgpt.train.RoundReport;

/**
 * Training as metrics of Spark's own metrics system, so that whatever it is set to write to
 * (Prometheus, JMX, Graphite ...) has them: {@code
 * spark.plugins=org.sparkgpt.report.TrainingPlugin}.
 *
 * <p>The driver has {@code step}, {@code tokens}, {@code loss}, {@code learningRate}, {@code
 * gradientNorm}, {@code tokensPerSecond}, {@code roundBytes}, {@code roundSeconds}, {@code
 * outsideSeconds}, {@code slowestWorkerSeconds}, {@code medianWorkerSeconds}, {@code
 * checkpointStep}, {@code checkpointAgeSeconds} of the training, and of each executor {@code
 * executor.<id>.tokens}, {@code .trainingSeconds}, {@code .nativeBytes}: executors serve no HTTP,
 * so they tell the driver, after each task. The same three are in each executor's own registry as
 * {@code executorTokens}, {@code executorTrainingSeconds}, {@code executorNativeBytes}. Values are
 * NaN until there is something to tell.
 */
public final class TrainingPlugin implements SparkPlugin {
  @Override
  public DriverPlugin driverPlugin() {
    return new Driver();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new Executor();
  }

  private static final class Driver implements DriverPlugin {
    private final Map<String, ExecutorTotals> executors = new ConcurrentHashMap<>();
    private MetricRegistry registry;

    @Override
    public Map<String, String> init(SparkContext spark, PluginContext context) {
      registry = context.metricRegistry();
      gauge("step", RoundReport::step);
      gauge("tokens", RoundReport::tokens);
      gauge("loss", RoundReport::loss);
      gauge("learningRate", RoundReport::learningRate);
      gauge("gradientNorm", RoundReport::gradientNorm);
      gauge("tokensPerSecond", RoundReport::tokensPerSecond);
      gauge("roundBytes", RoundReport::bytes);
      gauge("roundSeconds", RoundReport::seconds);
      gauge("outsideSeconds", RoundReport::outsideSeconds);
      gauge("slowestWorkerSeconds", RoundReport::slowestWorkerSeconds);
      gauge("medianWorkerSeconds", RoundReport::medianWorkerSeconds);
      registry.register("checkpointStep", (Gauge<Long>) TrainingStatus::checkpointStep);
      registry.register("checkpointAgeSeconds", (Gauge<Double>) TrainingStatus::checkpointAge);
      return Map.of();
    }

    private void gauge(String name, ToDoubleFunction<RoundReport> value) {
      registry.register(
          name,
          (Gauge<Double>)
              () -> {
                RoundReport round = TrainingStatus.round();
                return round == null ? Double.NaN : value.applyAsDouble(round);
              });
    }

    /** An executor's totals: its id, tokens, seconds and bytes, as the executor wrote them. */
    @Override
    public Object receive(Object message) {
      String[] fields = ((String) message).split(" ");
      ExecutorTotals totals =
          new ExecutorTotals(
              Long.parseLong(fields[1]), Double.parseDouble(fields[2]), Long.parseLong(fields[3]));
      if (executors.put(fields[0], totals) == null) {
        gauge(fields[0], "tokens", ExecutorTotals::tokens);
        gauge(fields[0], "trainingSeconds", ExecutorTotals::seconds);
        gauge(fields[0], "nativeBytes", ExecutorTotals::nativeBytes);
      }
      return null;
    }

    private void gauge(String executor, String name, ToDoubleFunction<ExecutorTotals> value) {
      registry.register(
          "executor." + executor + "." + name,
          (Gauge<Double>) () -> value.applyAsDouble(executors.get(executor)));
    }
  }

  private static final class Executor implements ExecutorPlugin {
    private PluginContext context;
    private long told;

    @Override
    public void init(PluginContext pluginContext, Map<String, String> none) {
      context = pluginContext;
      MetricRegistry registry = context.metricRegistry();
      registry.register("executorTokens", (Gauge<Long>) () -> ExecutorTotals.now().tokens());
      registry.register(
          "executorTrainingSeconds", (Gauge<Double>) () -> ExecutorTotals.now().seconds());
      registry.register(
          "executorNativeBytes", (Gauge<Long>) () -> ExecutorTotals.now().nativeBytes());
    }

    /** Called on the task's thread, once it has given back what it held. */
    @Override
    public synchronized void onTaskSucceeded() {
      ExecutorTotals now = ExecutorTotals.now();
      if (now.tokens() == told) {
        return;
      }
      try {
        context.send(
            context.executorID()
                + " "
                + now.tokens()
                + " "
                + now.seconds()
                + " "
                + now.nativeBytes());
        told = now.tokens();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e); // Spark logs it and goes on
      }
    }
  }
}
