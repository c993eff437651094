package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.GemmPeak;
import org.sparkgpt.kernel.KernelChoice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times plain matrix products: what {@code train-step} is compared with. */
@Command(
    name = "gemm",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Times oneDNN's matrix products.",
      "The shapes are those of GPT-2 124M's MLP and a large square; the best product of all is the"
          + " machine's peak.",
      ""
    },
    footer = {"", "Example:", "  scripts/sparkgpt bench gemm --dtype bf16 --threads 2"})
final class GemmBenchmark implements Callable<Integer> {
  @Mixin private ComputeOptions compute;

  @Option(
      names = "--rows",
      defaultValue = "1024",
      description = "Tokens that the MLP's products take, default ${DEFAULT-VALUE}")
  private int rows;

  @Option(
      names = "--steps",
      defaultValue = "30",
      description = "Products of each shape that are timed, default ${DEFAULT-VALUE}")
  private int steps;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ComputeOptions.requirePositive("--rows", rows);
    ComputeOptions.requirePositive("--steps", steps);
    int threads = compute.threads();
    Dtype dtype = compute.dtype().resolve(KernelChoice.ONEDNN);
    GemmPeak peak =
        GemmPeak.measure(KernelChoice.ONEDNN, dtype, threads, GemmPeak.shapes(rows), steps);
    spec.commandLine()
        .getOut()
        .println(new JsonMapper().writeValueAsString(result(dtype, threads, peak)));
    return 0;
  }

  private Map<String, Object> result(Dtype dtype, int threads, GemmPeak peak) {
    List<Map<String, Object>> shapes = peak.speeds().stream().map(GemmBenchmark::shape).toList();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "gemm");
    result.put("dtype", dtype.name().toLowerCase(Locale.ROOT));
    result.put("threads", threads);
    result.put("steps", steps);
    result.put("shapes", shapes);
    result.put("gemmPeakGflopPerSecond", peak.gflopPerSecond());
    return result;
  }

  private static Map<String, Object> shape(GemmPeak.Speed speed) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("shape", speed.shape().toString());
    shape.put("bestGflopPerSecond", speed.bestGflopPerSecond());
    shape.put("medianGflopPerSecond", speed.medianGflopPerSecond());
    return shape;
  }
}
