package org.sparkgpt.export;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What {@code export} can write. */
public enum ExportFormat {
  /** A directory that Hugging Face's libraries open. */
  @JsonProperty("huggingface")
  HUGGINGFACE,

  /** A file that DL4J's {@code ModelSerializer} restores, to go on training with DL4J. */
  @JsonProperty("dl4j")
  DL4J
}
