package org.sparkgpt.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.stage.StageRunner;
import org.sparkgpt.stage.UnfinishedOutput;
import org.sparkgpt.tokenize.ExportedFile;
import org.sparkgpt.tokenize.TokenExport;
import org.sparkgpt.tokenize.TokenFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a run's token shards as other trainers read them. */
@Command(
    name = "export-tokens",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Writes the token shards of a run as nanoGPT, llm.c or Megatron-LM read them, with the same ids"
          + " in the same order: -> tokens-FORMAT/.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  scripts/sparkgpt export-tokens conf/demo.yaml --format nanogpt",
      "  scripts/sparkgpt export-tokens conf/demo.yaml --format megatron --out hdfs:///data/demo"
    })
final class ExportTokensCommand implements Callable<Integer> {
  private static final int NANOGPT_VOCABULARY = 50_304; // train.py's, where there is no meta.pkl
  private static final int LLMC_VOCABULARY = 50_257; // GPT-2's

  @Mixin private RunOptions options;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description =
          "nanogpt: train.bin and val.bin; llmc: NAME_train_000001.bin ...; megatron:"
              + " NAME_train.bin and .idx, documents apart. NAME is the run's.")
  private TokenFormat format;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "A local or Hadoop path. Default: tokens-FORMAT in the run's directory.")
  private Path out;

  @Option(names = "--overwrite", description = "Replace an earlier export there.")
  private boolean overwrite;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter print = spec.commandLine().getOut();
    Optional<RunConfig> loaded = options.load(print);
    if (loaded.isEmpty()) {
      return 0;
    }
    Configuration configuration = Sessions.hadoopConfiguration();
    Path run = new Path(loaded.get().output());
    FileSystem fs = run.getFileSystem(configuration);
    StageRunner.require(fs, run, StageName.TOKENIZE);
    Path target = out == null ? new Path(run, "tokens-" + lower(format)) : out;
    String name = fs.makeQualified(run).getName();
    print(export(configuration, run, name, target), target, name, print);
    return 0;
  }

  private TokenExport export(Configuration configuration, Path run, String name, Path target)
      throws IOException {
    FileSystem files = target.getFileSystem(configuration);
    TokenExport.requireReplaceable(files, files.makeQualified(target), overwrite);
    Path tokens = StageName.TOKENIZE.directory(run);
    try (UnfinishedOutput unfinished = UnfinishedOutput.of(files, target)) {
      TokenExport export =
          TokenExport.write(configuration, tokens, format, name, unfinished.directory());
      unfinished.publish();
      return export;
    }
  }

  private static void print(TokenExport export, Path target, String name, PrintWriter print) {
    int width = export.files().stream().mapToInt(file -> file.name().length()).max().orElseThrow();
    String row = "%-" + width + "s  %16s  %16s%n";
    print.printf(Locale.ROOT, row, "file", "tokens", "bytes");
    for (ExportedFile file : export.files()) {
      String tokens = file.tokens() == 0 ? "" : "%,d".formatted(file.tokens());
      print.printf(Locale.ROOT, row, file.name(), tokens, "%,d".formatted(file.bytes()));
    }
    print.printf(
        Locale.ROOT,
        "In %s: %,d ids, %s.%n%n",
        target,
        export.vocabularySize(),
        export.endOfText() == null ? "none ends a document" : endOfText(export));
    use(export, target, name).forEach(print::println);
    print.flush();
  }

  private static String endOfText(TokenExport export) {
    return "<|endoftext|> (%d) closes each document".formatted(export.endOfText());
  }

  private static List<String> use(TokenExport export, Path target, String name) {
    return switch (export.format()) {
      case NANOGPT ->
          List.of(
              "nanoGPT: put the two files into data/%s and run train.py --dataset=%s"
                  .formatted(name, name),
              vocabulary(export, NANOGPT_VOCABULARY));
      case LLMC ->
          List.of(
              "llm.c: train_gpt2cu -i \"%s/%s_train_*.bin\" -j \"%s/%s_val_*.bin\""
                  .formatted(target, name, target, name),
              vocabulary(export, LLMC_VOCABULARY));
      case MEGATRON ->
          List.of(
              "Megatron-LM: --train-data-path %s/%s_train --valid-data-path %s/%s_val"
                  .formatted(target, name, target, name));
    };
  }

  private static String vocabulary(TokenExport export, int theirs) {
    return export.vocabularySize() <= theirs
        ? "Its models have %,d ids: enough.".formatted(theirs)
        : "Its models have %,d ids: make them larger, here are %,d."
            .formatted(theirs, export.vocabularySize());
  }

  private static String lower(TokenFormat format) {
    return format.name().toLowerCase(Locale.ROOT);
  }
}
