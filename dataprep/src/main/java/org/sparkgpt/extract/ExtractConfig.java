package org.sparkgpt.extract;

import java.io.Serializable;

/**
 * How text is read off web pages, and what one page may cost.
 *
 * @param maxDepth elements nested in each other; a deeper page is rejected as {@code
 *     extract/too-deep}. Browsers stop at 512
 */
public record ExtractConfig(int maxDepth) implements Serializable {
  public ExtractConfig {
    if (maxDepth < 1) {
      throw new IllegalArgumentException("extract.maxDepth must be positive, got " + maxDepth);
    }
  }
}
