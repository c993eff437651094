package org.sparkgpt.layer;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * nanoGPT's learning rate: with step s counted from 0, highest · (s+1)/(w+1) while s is below the w
 * warm-up steps, then lowest + ½ (1 + cos π(s-w)/(n-w)) (highest - lowest) until n total steps,
 * then lowest.
 */
public record WarmupCosine(
    @JsonProperty("highest") double highest,
    @JsonProperty("lowest") double lowest,
    @JsonProperty("warmupSteps") int warmupSteps,
    @JsonProperty("totalSteps") long totalSteps)
    implements ISchedule {

  /** The rate of step {@code iteration}; DL4J's epochs do not matter. */
  @Override
  public double valueAt(int iteration, int epoch) {
    if (iteration < warmupSteps) {
      return highest * (iteration + 1) / (warmupSteps + 1);
    }
    if (iteration >= totalSteps) {
      return lowest;
    }
    double progress = (double) (iteration - warmupSteps) / (totalSteps - warmupSteps);
    return lowest + 0.5 * (1 + Math.cos(Math.PI * progress)) * (highest - lowest);
  }

  @Override
  public ISchedule clone() {
    return this; // immutable
  }
}
