package org.sparkgpt.jobs;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.train.Finding;
import org.sparkgpt.train.Preflight;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Examines a cluster for a run without training: what {@code train} does before it begins. */
@Command(
    name = "preflight",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Looks at what training would meet on this cluster, and does nothing else: slots, Spark's"
          + " settings, executors, devices, memory, disks, room for checkpoints. A line each; exit"
          + " code 2 if something would keep the run from succeeding.",
      ""
    },
    footer = {
      "",
      "Example: does GPT-2 124M run here?",
      "  scripts/sparkgpt preflight conf/gpt2-124m.yaml train.workers=2"
    })
final class PreflightCommand implements Callable<Integer> {
  @Mixin private RunOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Optional<RunConfig> loaded = options.load(out);
    if (loaded.isEmpty()) {
      return 0;
    }
    RunConfig config = loaded.get();
    config.requireListed(StageName.TRAIN);
    try (Chain chain = new Chain(config, false)) {
      List<Finding> findings = chain.preflight();
      findings.forEach(finding -> out.println(finding.line()));
      out.flush();
      Preflight.require(findings);
    }
    return 0;
  }
}
