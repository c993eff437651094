package org.sparkgpt.extract;

import java.io.Serializable;

/**
 * How text is read off web pages, and what one page may cost.
 *
 * @param mode what happens to text that may or may not belong to the page's own
 * @param maxBytes of a page; a larger one is rejected as {@code extract/too-large}
 * @param maxMillis of one core for a page; one that needs more is rejected as {@code
 *     extract/too-slow}. Meant for pages made to be slow: far above what ordinary ones need, so
 *     that results do not depend on the machine
 * @param maxDepth elements nested in each other; a deeper page is rejected as {@code
 *     extract/too-deep}. Browsers stop at 512
 */
public record ExtractConfig(Mode mode, long maxBytes, int maxMillis, int maxDepth)
    implements Serializable {
  /** What happens to text that may or may not belong to the page's own. */
  public enum Mode {
    /** It is dropped: articles, and little else. */
    PRECISION,
    /** It is kept; a page on which no article is found gives all its visible text. */
    RECALL
  }

  public ExtractConfig {
    if (mode == null) {
      throw new IllegalArgumentException("extract.mode must be precision or recall, got nothing");
    }
    if (maxBytes < 1 || maxMillis < 1 || maxDepth < 1) {
      throw new IllegalArgumentException(
          "extract.maxBytes, extract.maxMillis and extract.maxDepth must be positive, got "
              + maxBytes
              + ", "
              + maxMillis
              + ", "
              + maxDepth);
    }
  }
}
