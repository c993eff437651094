package org.sparkgpt.train;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the workers' training is put together: {@code train.strategy}. */
public enum Strategy {
  /** The workers' parameters are averaged after every round of local steps. */
  @JsonProperty("average")
  AVERAGE,

  /** DiLoCo (Douillard et al., 2023): the mean change of a round is a gradient for outer SGD. */
  @JsonProperty("diloco")
  DILOCO,

  /** Gradients are averaged at every step; the optimizer state is sharded over the executors. */
  @JsonProperty("sync")
  SYNC,

  /** DL4J's own {@code ParameterAveragingTrainingMaster}, through the driver: the yardstick. */
  @JsonProperty("dl4j")
  DL4J;

  /** The word a run file uses. */
  public String yaml() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
