package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.GemmPeak;
import org.sparkgpt.kernel.KernelChoice;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.GptNetwork;
import org.sparkgpt.layer.ParameterLayout;
import org.sparkgpt.layer.TrainingStep;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times whole training steps (forward, backward, AdamW) on seeded random tokens. */
@Command(
    name = "train-step",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Times training steps: forward, backward and AdamW on random tokens.",
      "FLOP per token are counted as 6 N + 12 L C T, N without the position embedding. Before and"
          + " after the steps the machine's matrix products are timed, as 'bench gemm' does: the best"
          + " is the peak that the steps are compared with.",
      ""
    },
    footer = {
      "",
      "Example: GPT-2 124M",
      "  scripts/sparkgpt bench train-step --layers 12 --heads 12 --embd 768 --vocab 50257 --batch 4"
          + " --context 64 --dtype f32 --steps 10 --threads 2"
    })
final class TrainStepBenchmark implements Callable<Integer> {
  private static final int WARM_UP_STEPS = 3; // the JIT and the primitive caches
  private static final int GEMM_ROWS = 1024;
  private static final int GEMM_STEPS = 15; // before, and as many after: about a second each

  @Mixin private ShapeOptions shape;

  @Option(names = "--batch", defaultValue = "4", description = "B, default ${DEFAULT-VALUE}")
  private int batch;

  @Option(names = "--context", defaultValue = "64", description = "T, default ${DEFAULT-VALUE}")
  private int context;

  @Option(names = "--steps", defaultValue = "10", description = "Timed, default ${DEFAULT-VALUE}")
  private int steps;

  @Mixin private ComputeOptions compute;

  @Option(names = "--kernels", defaultValue = "onednn", description = "onednn or plain")
  private KernelChoice kernels;

  @Option(
      names = "--recompute",
      description = "Recompute a block's activations in the backward pass, for less memory.")
  private boolean recompute;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ComputeOptions.requirePositive("--batch", batch);
    ComputeOptions.requirePositive("--steps", steps);
    int threads = compute.threads();
    GptConfig config = shape.config(context, compute.dtype());
    Dtype dtype = compute.dtype().resolve(kernels);
    OptionalDouble peakBefore = gemmPeak(dtype, threads);
    Timing timing = time(config, network(config, threads));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "train-step");
    result.put("parameters", ParameterLayout.of(config).length());
    result.put("batch", batch);
    result.put("context", context);
    result.put("dtype", dtype.name().toLowerCase(Locale.ROOT));
    result.put("kernels", kernels.name().toLowerCase(Locale.ROOT));
    result.put("recompute", recompute);
    result.put("threads", threads);
    result.put("steps", steps);
    result.put("bestMs", timing.milliseconds[0]);
    result.put("medianMs", timing.medianMs());
    result.put("tokensPerSecond", (long) batch * context / timing.medianMs() * 1e3);
    double speed = flop(config) / timing.medianMs() / 1e6;
    result.put("gflopPerSecond", speed);
    peakBefore.ifPresent(
        before -> {
          double peak = Math.max(before, gemmPeak(dtype, threads).orElseThrow());
          result.put("gemmPeakGflopPerSecond", peak);
          result.put("ofGemmPeak", speed / peak);
        });
    timing.peakResident.ifPresent(bytes -> result.put("peakResidentBytes", bytes));
    result.put("loss", timing.loss);
    spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(result));
    return 0;
  }

  private MultiLayerNetwork network(GptConfig config, int threads) {
    AdamWConfig optimizer = new AdamWConfig(3e-4, 3e-5, 0, 0.9, 0.95, 1e-8, 0.1, 1);
    Execution execution = new Execution(batch, kernels, threads, recompute);
    return GptNetwork.create(config, optimizer, 1_000_000, 1, execution);
  }

  /**
   * What the timed steps showed.
   *
   * @param milliseconds of each, ascending
   * @param peakResident memory of the process in bytes, with the steps and before anything else
   */
  private record Timing(double[] milliseconds, double loss, OptionalLong peakResident) {
    double medianMs() {
      return milliseconds[milliseconds.length / 2];
    }
  }

  private Timing time(GptConfig config, MultiLayerNetwork network) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    int[] ids = random.ints((long) batch * context, 0, config.vocabulary()).toArray();
    int[] targets = random.ints((long) batch * context, 0, config.vocabulary()).toArray();
    TrainingStep step = new TrainingStep(network);
    double[] milliseconds = new double[steps];
    for (int i = -WARM_UP_STEPS; i < steps; i++) {
      long start = System.nanoTime();
      step.run(ids, targets, batch, context);
      if (i >= 0) {
        milliseconds[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    Arrays.sort(milliseconds);
    return new Timing(milliseconds, network.score(), ResidentMemory.peakBytes());
  }

  /** Of one step. */
  private double flop(GptConfig config) {
    long counted = ParameterLayout.of(config).length() - (long) context * config.embd();
    double attention = 12.0 * config.layers() * config.embd() * context;
    return (double) batch * context * (6.0 * counted + attention);
  }

  /** In GFLOP/s; nothing with the plain kernels, for which no machine is built. */
  private OptionalDouble gemmPeak(Dtype dtype, int threads) {
    if (kernels == KernelChoice.PLAIN) {
      return OptionalDouble.empty();
    }
    List<GemmPeak.Shape> shapes = GemmPeak.shapes(GEMM_ROWS);
    return OptionalDouble.of(
        GemmPeak.measure(kernels, dtype, threads, shapes, GEMM_STEPS).gflopPerSecond());
  }
}
