package org.sparkgpt.dedup;

/** Which of several duplicates stays. */
public enum Keep {
  /** The one with the smallest id. */
  ID,

  /** The one with the greatest {@code quality_score}, then the smallest id. */
  QUALITY
}
