package org.sparkgpt.redact;

import java.util.Map;

/**
 * A text without personal data.
 *
 * @param text with placeholders
 * @param counts hits by class, in the order of {@link Pii}; classes without any are left out
 */
public record Redacted(String text, Map<Pii, Integer> counts) {
  /** Hits of all classes. */
  public int hits() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
