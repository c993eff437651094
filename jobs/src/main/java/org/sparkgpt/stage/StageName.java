package org.sparkgpt.stage;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.apache.hadoop.fs.Path;

/**
 * The stages of the chain in their order, each with the directory it writes below the run's output.
 */
public enum StageName {
  @JsonProperty("scrape")
  SCRAPE("scrape", "warc"),
  @JsonProperty("ingest")
  INGEST("ingest", "documents"),
  @JsonProperty("clean")
  CLEAN("clean", "clean"),
  @JsonProperty("quality")
  QUALITY("quality", "quality"),
  @JsonProperty("dedup")
  DEDUP("dedup", "dedup"),
  @JsonProperty("passages")
  PASSAGES("passages", "passages"),
  @JsonProperty("decontaminate")
  DECONTAMINATE("decontaminate", "decontaminated"),
  @JsonProperty("redact")
  REDACT("redact", "redacted"),
  @JsonProperty("train-tokenizer")
  TRAIN_TOKENIZER("train-tokenizer", "tokenizer"),
  @JsonProperty("tokenize")
  TOKENIZE("tokenize", "tokens"),
  @JsonProperty("train")
  TRAIN("train", "checkpoints"),
  @JsonProperty("evaluate")
  EVALUATE("evaluate", "eval"),
  @JsonProperty("export")
  EXPORT("export", "export");

  private final String command;
  private final String directory;

  StageName(String command, String directory) {
    this.command = command;
    this.directory = directory;
  }

  /** The subcommand that runs the stage. */
  public String command() {
    return command;
  }

  public Path directory(Path output) {
    return new Path(output, directory);
  }

  /** Whether the stage's output is a table of documents that the next stage can read. */
  public boolean writesDocuments() {
    return compareTo(INGEST) >= 0 && compareTo(REDACT) <= 0;
  }

  /**
   * Whether the stage keeps its own unfinished work in its directory and goes on from it. The
   * others write beside their directory and move it into place when it is whole.
   */
  boolean resumes() {
    return this == SCRAPE || this == TRAIN;
  }

  /**
   * Whether what lies in the stage's directory is never made again, only added to: other settings
   * apply from then on, and nothing is overwritten.
   */
  boolean accumulates() {
    return this == SCRAPE;
  }

  @Override
  public String toString() {
    return command;
  }
}
