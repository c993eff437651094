package org.sparkgpt.jobs;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Measurements; they print lines of JSON. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "BENCHMARK",
    description = {
      "Measures this machine; each benchmark prints one line of JSON, memory and rules a table,",
      "averaging and strategies both.",
      ""
    },
    footer = {
      "",
      "Example: nanoGPT's small character model",
      "  scripts/sparkgpt bench train-step --layers 4 --heads 4 --embd 128 --vocab 65 --batch 12"
          + " --context 64"
    },
    subcommands = {
      TrainStepBenchmark.class,
      GemmBenchmark.class,
      GenerateBenchmark.class,
      MemoryBenchmark.class,
      AveragingBenchmark.class,
      ShardsBenchmark.class,
      ExtractBenchmark.class,
      StrategiesBenchmark.class,
      WarcBenchmark.class,
      PassagesBenchmark.class,
      TokenizerBenchmark.class,
      EncodeBenchmark.class,
      RedactBenchmark.class,
      DedupBenchmark.class,
      RulesBenchmark.class,
      CommandLine.HelpCommand.class
    })
final class BenchCommand {}
