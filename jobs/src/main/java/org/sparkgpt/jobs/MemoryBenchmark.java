package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.GptMemory;
import org.sparkgpt.layer.ParameterLayout;
import org.sparkgpt.train.ContainerMemory;
import org.sparkgpt.train.WorkerMemory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a worker of a run would allocate, and whether this machine has it. Allocates none of it. */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Plans the memory of a run's worker, outside the heap, and compares it with what is here.",
      ""
    },
    footer = {
      "",
      "Example: does GPT-2 124M fit with eight sequences at a time?",
      "  scripts/sparkgpt bench memory conf/gpt2-124m.yaml train.microBatch=8"
    })
final class MemoryBenchmark implements Callable<Integer> {
  @Mixin private RunOptions options;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Optional<RunConfig> loaded = options.load(out);
    if (loaded.isEmpty()) {
      return 0;
    }
    RunConfig run = loaded.get();
    Execution execution = run.train().execution(Cores.threads(run.train()));
    GptMemory plan = run.train().memory(run.model(), execution);
    if (json) {
      out.println(new JsonMapper().writeValueAsString(result(run.model(), execution, plan)));
    } else {
      print(run, execution, plan, out);
    }
    out.flush();
    return 0;
  }

  private static Map<String, Object> result(GptConfig model, Execution execution, GptMemory plan) {
    Map<String, Long> parts = new LinkedHashMap<>();
    plan.parts().forEach(part -> parts.put(part.name(), part.bytes()));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "memory");
    result.put("parameters", ParameterLayout.of(model).length());
    result.put("dtype", name(model.dtype().resolve(execution.kernels())));
    result.put("microBatch", execution.microBatch());
    result.put("context", model.context());
    result.put("recompute", execution.recompute());
    result.put("threads", execution.threads());
    result.put("bytes", parts);
    result.put("totalBytes", plan.bytes());
    ContainerMemory.here()
        .ifPresent(
            container -> {
              result.put("containerBytes", container.bytes());
              result.put("containerSource", container.source());
            });
    result.put("heapBytes", Runtime.getRuntime().maxMemory());
    return result;
  }

  private static void print(RunConfig run, Execution execution, GptMemory plan, PrintWriter out) {
    GptConfig model = run.model();
    out.printf(
        Locale.ROOT,
        "A worker: %,d parameters, %s, %d x %,d tokens at a time%s, %d thread(s)%n%n",
        ParameterLayout.of(model).length(),
        name(model.dtype().resolve(execution.kernels())),
        execution.microBatch(),
        model.context(),
        execution.recompute() ? ", activations recomputed" : "",
        execution.threads());
    out.println(plan.describe().stripTrailing());
    WorkerMemory.here()
        .ifPresent(
            here ->
                out.printf(
                    Locale.ROOT,
                    "%nHere are %,.0f MB: %s. Room for %d worker(s); the run has %d.%n",
                    here.bytes() / 1e6,
                    here.source(),
                    here.workers(plan),
                    run.train().workers()));
  }

  private static String name(Dtype dtype) {
    return dtype.name().toLowerCase(Locale.ROOT);
  }
}
