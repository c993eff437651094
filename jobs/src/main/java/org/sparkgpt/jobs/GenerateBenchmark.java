package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.sparkgpt.generate.Generator;
import org.sparkgpt.generate.Sampler;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.KernelChoice;
import org.sparkgpt.kernel.Kernels;
import org.sparkgpt.kernel.ReadBandwidth;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.GptInitialization;
import org.sparkgpt.layer.ParameterLayout;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times the continuation of a prompt with random weights, token by token. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Times generation: a prompt of random tokens in one pass, then token by token.",
      "Each token reads every weight once; before and after, the speed at which the machine reads"
          + " memory is measured: the best is what the tokens are compared with.",
      ""
    },
    footer = {
      "",
      "Example: GPT-2 124M",
      "  scripts/sparkgpt bench generate --layers 12 --heads 12 --embd 768 --vocab 50257 --context 1024"
          + " --prompt 64 --tokens 64 --dtype f32 --threads 2"
    })
final class GenerateBenchmark implements Callable<Integer> {
  private static final int PREFILLS = 5;

  @Mixin private ShapeOptions shape;

  @Option(names = "--context", defaultValue = "1024", description = "T, default ${DEFAULT-VALUE}")
  private int context;

  @Option(
      names = "--prompt",
      defaultValue = "64",
      description = "Tokens of the prompt, default ${DEFAULT-VALUE}")
  private int prompt;

  @Option(
      names = "--tokens",
      defaultValue = "64",
      description = "Further tokens that are timed, default ${DEFAULT-VALUE}")
  private int tokens;

  @Mixin private ComputeOptions compute;

  @Option(names = "--kernels", defaultValue = "onednn", description = "onednn or plain")
  private KernelChoice kernels;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ComputeOptions.requirePositive("--prompt", prompt);
    ComputeOptions.requirePositive("--tokens", tokens);
    if (prompt + tokens > context) {
      throw new IllegalArgumentException(
          "--prompt and --tokens must fit into --context, got "
              + prompt
              + " + "
              + tokens
              + " and "
              + context);
    }
    int threads = compute.threads();
    Dtype dtype = compute.dtype().resolve(kernels);
    GptConfig config = shape.config(context, compute.dtype());
    double bandwidth = ReadBandwidth.gigabytesPerSecond(threads);
    Timing timing = time(config, dtype, threads);
    bandwidth = Math.max(bandwidth, ReadBandwidth.gigabytesPerSecond(threads));

    double speed = weightBytes(config, dtype) / timing.tokenMs() / 1e6;
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "generate");
    result.put("parameters", ParameterLayout.of(config).length());
    result.put("context", context);
    result.put("prompt", prompt);
    result.put("tokens", tokens);
    result.put("dtype", dtype.name().toLowerCase(Locale.ROOT));
    result.put("kernels", kernels.name().toLowerCase(Locale.ROOT));
    result.put("threads", threads);
    result.put("prefillMs", timing.prefillMs());
    result.put("prefillTokensPerSecond", prompt / timing.prefillMs() * 1e3);
    result.put("bestMs", timing.tokens[0]);
    result.put("medianMs", timing.tokenMs());
    result.put("tokensPerSecond", 1e3 / timing.tokenMs());
    result.put("weightBytesPerToken", weightBytes(config, dtype));
    result.put("gigabytesPerSecond", speed);
    result.put("readBandwidthGigabytesPerSecond", bandwidth);
    result.put("ofReadBandwidth", speed / bandwidth);
    spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(result));
    return 0;
  }

  /** Milliseconds of each pass over the prompt and of each further token, ascending. */
  private record Timing(double[] prefills, double[] tokens) {
    double prefillMs() {
      return prefills[prefills.length / 2];
    }

    double tokenMs() {
      return tokens[tokens.length / 2];
    }
  }

  private Timing time(GptConfig config, Dtype dtype, int threads) {
    FloatBlock parameters = FloatBlock.allocate(ParameterLayout.of(config).length());
    GptInitialization.fill(parameters, config, 1);
    int[] ids = new SplittableRandom(1).ints(prompt, 0, config.vocabulary()).toArray();
    try (Kernels arithmetic = kernels.create(threads)) {
      Generator generator = new Generator(config, parameters, arithmetic, dtype);
      continued(generator, config, ids); // the JIT and the primitive caches
      double[] prefills = new double[PREFILLS];
      for (int i = 0; i < PREFILLS; i++) {
        long start = System.nanoTime();
        generator.logits(ids);
        prefills[i] = (System.nanoTime() - start) / 1e6;
      }
      Arrays.sort(prefills);
      return new Timing(prefills, continued(generator, config, ids));
    }
  }

  /** Milliseconds from each token to the next, ascending. */
  private double[] continued(Generator generator, GptConfig config, int[] ids) {
    long[] times = new long[tokens + 1];
    int[] count = {0};
    generator.generate(
        ids,
        Sampler.greedy(config.vocabulary()),
        times.length,
        OptionalInt.empty(),
        token -> {
          times[count[0]++] = System.nanoTime();
          return true;
        });
    double[] milliseconds = new double[tokens];
    for (int i = 0; i < tokens; i++) {
      milliseconds[i] = (times[i + 1] - times[i]) / 1e6;
    }
    Arrays.sort(milliseconds);
    return milliseconds;
  }

  /** Of all matrices, biases and gains; of the position embedding a token reads but one row. */
  private static long weightBytes(GptConfig config, Dtype dtype) {
    return ParameterLayout.of(config).parameters().stream()
        .filter(p -> !p.name().equals("wpe.weight"))
        .mapToLong(p -> p.length() * (p.decayed() ? dtype : Dtype.F32).bytes())
        .sum();
  }
}
