package org.sparkgpt.tokenize;

import java.io.Serializable;

/**
 * Which tokenizer, and how large.
 *
 * @param kind where the vocabulary comes from
 * @param vocabulary ids in all, the 256 bytes and {@code <|endoftext|>} included; an upper bound,
 *     since a small corpus runs out of pairs. Read for {@link Kind#BPE} only
 */
public record TokenizerConfig(Kind kind, int vocabulary) implements Serializable {
  /** 256 bytes and {@code <|endoftext|>}. */
  static final int SMALLEST_VOCABULARY = 257;

  /** Where the vocabulary comes from. */
  public enum Kind {
    /** GPT-2's own byte-level BPE, 50257 ids. */
    GPT2,
    /** A byte-level BPE learnt from the corpus. */
    BPE,
    /** One id per distinct character of the corpus. */
    CHAR
  }

  public TokenizerConfig {
    if (kind == null) {
      throw new IllegalArgumentException("tokenizer.kind must be gpt2, bpe or char, got nothing");
    }
    if (kind == Kind.BPE && vocabulary < SMALLEST_VOCABULARY) {
      throw new IllegalArgumentException(
          "tokenizer.vocabulary must be at least 257 (256 bytes and "
              + Tokenizer.END_OF_TEXT
              + "), got "
              + vocabulary);
    }
  }
}
