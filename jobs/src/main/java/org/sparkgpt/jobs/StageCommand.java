package org.sparkgpt.jobs;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.stage.StageName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs one stage of the chain: {@code scrape}, {@code ingest} ... {@code export}. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false)
final class StageCommand implements Callable<Integer> {
  private static final String FORMAT = "--format";

  private final StageName stage;

  @Mixin private RunOptions options;

  @Option(
      names = "--overwrite",
      description = "Replace an output that was made with other settings or from other inputs.")
  private boolean overwrite;

  @Spec private CommandSpec spec;

  StageCommand(StageName stage) {
    this.stage = stage;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Optional<RunConfig> loaded = options.load(out, formatSetting());
    if (loaded.isEmpty()) {
      return 0;
    }
    RunConfig config = loaded.get();
    config.requireListed(stage);
    try (Chain chain = new Chain(config, overwrite)) {
      RunReport.of(chain.run(stage)).print(out);
    }
    return 0;
  }

  /** {@code export --format} is short for a setting. */
  private List<String> formatSetting() {
    OptionSpec format = spec.findOption(FORMAT);
    return format == null || format.getValue() == null
        ? List.of()
        : List.of("export.format=[" + format.getValue() + "]");
  }

  static void describe(CommandSpec spec, StageName stage) {
    if (stage == StageName.EXPORT) {
      spec.addOption(
          OptionSpec.builder(FORMAT)
              .paramLabel("FORMAT")
              .type(String.class)
              .description("huggingface, dl4j, or both with a comma: short for export.format=")
              .build());
    }
    spec.usageMessage()
        .description(purpose(stage), "")
        .footer("", "Example:", "  scripts/sparkgpt " + stage + " " + example(stage));
  }

  private static String purpose(StageName stage) {
    return switch (stage) {
      case SCRAPE ->
          "Crawls from the seeds into WARC files; goes on where it stopped, keeps what it has: -> warc/.";
      case INGEST ->
          "Reads text, HTML, WARC, WET, JSONL, Parquet and archives of them: -> documents/.";
      case CLEAN ->
          "Normalises text, identifies the language, applies the quality rules: -> clean/.";
      case QUALITY ->
          "Scores documents with a classifier of good against raw text, and selects: -> quality/.";
      case DEDUP -> "Drops exact and near duplicates, keeping one of each cluster: -> dedup/.";
      case PASSAGES ->
          "Removes paragraphs, lines and long passages that occur again and again: -> passages/.";
      case DECONTAMINATE ->
          "Removes what overlaps with evaluation sets, and says how much: -> decontaminated/.";
      case REDACT ->
          "Replaces e-mail addresses, telephone, card and account numbers: -> redacted/.";
      case TRAIN_TOKENIZER ->
          "Takes GPT-2's tokenizer or learns one from the corpus: -> tokenizer/.";
      case TOKENIZE -> "Encodes and packs the documents into Parquet token shards: -> tokens/.";
      case TRAIN ->
          "Trains the GPT in rounds over Spark tasks; goes on from the newest checkpoint:"
              + " -> checkpoints/.";
      case EVALUATE ->
          "Loss, perplexity and bits per byte over the whole validation split: -> eval/.";
      case EXPORT ->
          "Writes the model for Hugging Face or DL4J, reads it back and compares: -> export/.";
    };
  }

  private static String example(StageName stage) {
    return switch (stage) {
      case SCRAPE -> "crawl.yaml scrape.seeds=https://example.org/ scrape.revisitHours=20";
      case INGEST -> "conf/demo.yaml ingest.inputs=books/";
      case CLEAN -> "conf/demo.yaml clean.minLanguageConfidence=0.5 --overwrite";
      case QUALITY -> "conf/demo.yaml 'quality.positives=[*sotu*]' quality.select=pareto";
      case DEDUP -> "conf/demo.yaml dedup.minJaccard=0.8 --overwrite";
      case PASSAGES -> "conf/demo.yaml";
      case DECONTAMINATE -> "conf/demo.yaml decontaminate.sets.wikitext=wikitext-2/test.txt";
      case REDACT -> "conf/demo.yaml redact.maxPerDocument=5";
      case TRAIN_TOKENIZER -> "conf/demo.yaml tokenizer.kind=bpe tokenizer.vocabulary=8192";
      case TOKENIZE -> "conf/demo.yaml tokenize.valFraction=0.01";
      case TRAIN -> "conf/demo.yaml train.steps=500 train.workers=2";
      case EVALUATE -> "conf/demo.yaml";
      case EXPORT -> "conf/demo.yaml --format huggingface,dl4j";
    };
  }
}
