package org.sparkgpt.quality;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What is done with the scores. */
public enum Selection {
  /** Every document is kept; the score is a column. */
  @JsonProperty("none")
  NONE,

  /** GPT-3's: by chance, the likelier the better the score; see {@link Pareto}. */
  @JsonProperty("pareto")
  PARETO,

  /** What scores at least {@code quality.minScore} is kept. */
  @JsonProperty("threshold")
  THRESHOLD
}
