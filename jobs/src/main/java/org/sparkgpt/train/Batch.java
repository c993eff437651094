package org.sparkgpt.train;

/**
 * Sequences with the token that follows each position.
 *
 * @param ids (B,T), row-major
 * @param targets (B,T), row-major
 * @param batch B
 * @param time T
 */
public record Batch(int[] ids, int[] targets, int batch, int time) {
  public long tokens() {
    return (long) batch * time;
  }
}
