package org.sparkgpt.tokenize;

import java.io.Serializable;

/**
 * How documents become token shards.
 *
 * @param split what is held out for validation
 * @param valFraction share of it, in (0, 1): of the documents, or of the characters
 * @param shardTokens tokens that a shard should hold; a shard ends with a document, so it may hold
 *     more
 * @param rowTokens tokens per Parquet row
 */
public record TokenizeConfig(Split split, double valFraction, long shardTokens, int rowTokens)
    implements Serializable {
  /** What is held out. */
  public enum Split {
    /** Whole documents, chosen by a hash of their id: whatever the seed, the same ones. */
    DOCUMENT,
    /**
     * The last characters of the corpus, documents in order of their ids; the document at the cut
     * is cut. What nanoGPT does with one text. Meant for few documents: ids pass through the
     * driver.
     */
    TAIL
  }

  /** A larger shard could not be mapped into memory at once. */
  static final long MAX_SHARD_TOKENS = Integer.MAX_VALUE / Integer.BYTES;

  private static final int MAX_ROW_TOKENS = 1 << 20;

  public TokenizeConfig {
    if (split == null) {
      throw new IllegalArgumentException("tokenize.split must be document or tail, got nothing");
    }
    if (!(valFraction > 0 && valFraction < 1)) {
      throw new IllegalArgumentException(
          "tokenize.valFraction must be between 0 and 1, got " + valFraction);
    }
    if (shardTokens < 1 || shardTokens > MAX_SHARD_TOKENS) {
      throw new IllegalArgumentException(
          "tokenize.shardTokens must be from 1 to " + MAX_SHARD_TOKENS + ", got " + shardTokens);
    }
    if (rowTokens < 1 || rowTokens > MAX_ROW_TOKENS) {
      throw new IllegalArgumentException(
          "tokenize.rowTokens must be from 1 to " + MAX_ROW_TOKENS + ", got " + rowTokens);
    }
  }
}
