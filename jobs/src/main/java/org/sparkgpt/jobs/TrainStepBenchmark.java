package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.kernel.KernelChoice;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.GptNetwork;
import org.sparkgpt.layer.ParameterLayout;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times whole training steps (forward, backward, AdamW through DL4J) on seeded random tokens. */
@Command(
    name = "train-step",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Times training steps: forward, backward and AdamW on random tokens. FLOP per token are counted"
          + " as 6 N + 12 L C T, N without the position embedding.",
      ""
    },
    footer = {
      "",
      "Example: GPT-2 124M",
      "  scripts/sparkgpt bench train-step --layers 12 --heads 12 --embd 768 --vocab 50257 --batch 4"
          + " --context 64 --steps 10"
    })
final class TrainStepBenchmark implements Callable<Integer> {
  private static final int WARM_UP_STEPS = 3; // the JIT and the primitive caches

  @Option(names = "--layers", defaultValue = "12", description = "L, default ${DEFAULT-VALUE}")
  private int layers;

  @Option(names = "--heads", defaultValue = "12", description = "H, default ${DEFAULT-VALUE}")
  private int heads;

  @Option(names = "--embd", defaultValue = "768", description = "C, default ${DEFAULT-VALUE}")
  private int embd;

  @Option(names = "--vocab", defaultValue = "50257", description = "V, default ${DEFAULT-VALUE}")
  private int vocabulary;

  @Option(names = "--batch", defaultValue = "4", description = "B, default ${DEFAULT-VALUE}")
  private int batch;

  @Option(names = "--context", defaultValue = "64", description = "T, default ${DEFAULT-VALUE}")
  private int context;

  @Option(names = "--steps", defaultValue = "10", description = "Timed, default ${DEFAULT-VALUE}")
  private int steps;

  @Option(names = "--threads", description = "Default: all cores")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--kernels", defaultValue = "onednn", description = "onednn or plain")
  private KernelChoice kernels;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (steps < 1 || batch < 1 || threads < 1) {
      throw new IllegalArgumentException("--steps, --batch and --threads must be positive");
    }
    GptConfig config =
        new GptConfig(
            vocabulary, context, layers, heads, embd, 0, true, Gelu.TANH, null, DtypeChoice.F32);
    AdamWConfig optimizer = new AdamWConfig(3e-4, 3e-5, 0, 0.9, 0.95, 1e-8, 0.1, 1);
    MultiLayerNetwork network =
        GptNetwork.create(
            config, optimizer, 1_000_000, 1, new Execution(batch, kernels, threads, false));
    DataSet tokens = randomBatch();
    double[] milliseconds = new double[steps];
    for (int step = -WARM_UP_STEPS; step < steps; step++) {
      long start = System.nanoTime();
      network.fit(tokens);
      if (step >= 0) {
        milliseconds[step] = (System.nanoTime() - start) / 1e6;
      }
    }
    spec.commandLine()
        .getOut()
        .println(
            new JsonMapper().writeValueAsString(result(config, milliseconds, network.score())));
    return 0;
  }

  private DataSet randomBatch() {
    SplittableRandom random = new SplittableRandom(1);
    int[] ids = random.ints((long) batch * context, 0, vocabulary).toArray();
    int[] targets = random.ints((long) batch * context, 0, vocabulary).toArray();
    return GptNetwork.batch(ids, targets, batch, context);
  }

  private Map<String, Object> result(GptConfig config, double[] milliseconds, double loss) {
    Arrays.sort(milliseconds);
    double median = milliseconds[milliseconds.length / 2];
    long tokens = (long) batch * context;
    long parameters = ParameterLayout.of(config).length();
    long counted = parameters - (long) context * embd;
    double flop = tokens * (6.0 * counted + 12.0 * layers * embd * context);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "train-step");
    result.put("parameters", parameters);
    result.put("batch", batch);
    result.put("context", context);
    result.put("dtype", "f32");
    result.put("kernels", kernels.name().toLowerCase(Locale.ROOT));
    result.put("threads", threads);
    result.put("steps", steps);
    result.put("bestMs", milliseconds[0]);
    result.put("medianMs", median);
    result.put("tokensPerSecond", tokens / median * 1e3);
    result.put("gflopPerSecond", flop / median / 1e6);
    result.put("loss", loss);
    return result;
  }
}
