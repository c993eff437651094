package org.sparkgpt.config;

import java.util.EnumSet;
import java.util.List;
import org.sparkgpt.clean.CleanConfig;
import org.sparkgpt.decontaminate.DecontaminateConfig;
import org.sparkgpt.dedup.DedupConfig;
import org.sparkgpt.evaluate.EvaluationConfig;
import org.sparkgpt.export.ExportConfig;
import org.sparkgpt.extract.ExtractConfig;
import org.sparkgpt.generate.SamplingConfig;
import org.sparkgpt.ingest.IngestConfig;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.passages.PassagesConfig;
import org.sparkgpt.quality.QualityConfig;
import org.sparkgpt.redact.RedactConfig;
import org.sparkgpt.scrape.ScrapeConfig;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.tokenize.TokenizeConfig;
import org.sparkgpt.tokenize.TokenizerConfig;
import org.sparkgpt.train.TrainConfig;

/**
 * A run: everything the chain needs to know. Each section is a record beside the code it
 * configures; {@code reference.yaml} holds every default and describes every key.
 *
 * @param output directory of the run, a Hadoop path; each stage writes one directory below it
 * @param seed from which all randomness is derived
 * @param stages the stages this run has, in the chain's order; a stage that reads documents reads
 *     those of the nearest earlier stage in this list
 */
public record RunConfig(
    String output,
    long seed,
    List<StageName> stages,
    ScrapeConfig scrape,
    IngestConfig ingest,
    ExtractConfig extract,
    CleanConfig clean,
    QualityConfig quality,
    DedupConfig dedup,
    PassagesConfig passages,
    DecontaminateConfig decontaminate,
    RedactConfig redact,
    TokenizerConfig tokenizer,
    TokenizeConfig tokenize,
    GptConfig model,
    AdamWConfig optimizer,
    TrainConfig train,
    EvaluationConfig evaluate,
    ExportConfig export,
    SamplingConfig generate) {

  public RunConfig {
    if (output == null || output.isBlank()) {
      throw new IllegalArgumentException("output is empty: name the directory the run writes to");
    }
    if (stages == null || stages.isEmpty()) {
      throw new IllegalArgumentException("stages is empty: name at least one stage");
    }
    stages = List.copyOf(stages);
    if (!stages.equals(List.copyOf(EnumSet.copyOf(stages)))) {
      throw new IllegalArgumentException(
          "stages must follow the chain's order "
              + List.of(StageName.values())
              + " without repeats, got "
              + stages);
    }
    if (!stages.contains(StageName.INGEST) && !stages.equals(List.of(StageName.SCRAPE))) {
      throw new IllegalArgumentException(
          "stages must begin with ingest, with scrape before it, or be scrape alone, got "
              + stages);
    }
  }

  /** The stage whose documents {@code reader} reads: the nearest earlier one that writes any. */
  public StageName documentsBefore(StageName reader) {
    requireListed(reader);
    return stages.stream()
        .filter(s -> s.writesDocuments() && s.compareTo(reader) < 0)
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  /** Checks that this run has the stage at all. */
  public void requireListed(StageName stage) {
    if (!stages.contains(stage)) {
      throw new IllegalArgumentException(
          "this run has no '" + stage + "': its stages are " + stages + "; add it to 'stages'");
    }
  }
}
