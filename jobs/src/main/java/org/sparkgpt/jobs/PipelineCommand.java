package org.sparkgpt.jobs;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.stage.StageRunner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole chain: what a scheduler calls. */
@Command(
    name = "pipeline",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Runs the stages of a run file in order, skipping those that are up to date, and prints what"
          + " came of them. Safe to repeat: a second run does nothing, a killed one is taken up"
          + " where it stopped.",
      ""
    },
    footer = {"", "Example:", "  scripts/sparkgpt pipeline conf/demo.yaml output=runs/mine"})
final class PipelineCommand implements Callable<Integer> {
  @Mixin private RunOptions options;

  @Option(
      names = "--until",
      paramLabel = "STAGE",
      converter = StageNameConverter.class,
      description = "Stop after this stage.")
  private StageName until;

  @Option(
      names = "--overwrite",
      description = "Replace outputs that were made with other settings or from other inputs.")
  private boolean overwrite;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Optional<RunConfig> loaded = options.load(out);
    if (loaded.isEmpty()) {
      return 0;
    }
    RunConfig config = loaded.get();
    if (until != null) {
      config.requireListed(until);
    }
    List<StageRunner.Result> results = new ArrayList<>();
    try (Chain chain = new Chain(config, overwrite)) {
      for (StageName stage : config.stages()) {
        results.add(chain.run(stage));
        if (stage == until) {
          break;
        }
      }
      RunReport.of(results, chain.lossCurve()).print(out);
    }
    return 0;
  }
}
