package org.sparkgpt.tokenize;

import java.util.Locale;

/** Token files of other programs. */
public enum TokenFormat {
  /**
   * nanoGPT: {@code train.bin} and {@code val.bin}, nothing but ids, uint16 little-endian.
   *
   * @see <a href="https://github.com/karpathy/nanoGPT/blob/master/data/openwebtext/prepare.py">the
   *     program that defines it</a>
   */
  NANOGPT(1 << Short.SIZE),
  /**
   * llm.c and what came of it: {@code NAME_train_000001.bin} and on, {@code NAME_val_000000.bin};
   * 256 int32 (magic 20240520, version 1, number of ids, zeros), then the ids, uint16
   * little-endian; at most 100 million ids a file.
   *
   * @see <a href="https://github.com/karpathy/llm.c/blob/master/dev/data/data_common.py">the
   *     program that defines it</a>
   */
  LLMC(1 << Short.SIZE),
  /**
   * Megatron-LM's indexed data set: {@code NAME_train.bin} with the ids, {@code NAME_train.idx}
   * with where documents are; the same for {@code NAME_val}. See {@link MegatronWriter}.
   */
  MEGATRON(Integer.MAX_VALUE);

  private final int largestVocabulary;

  TokenFormat(int largestVocabulary) {
    this.largestVocabulary = largestVocabulary;
  }

  /**
   * @throws IllegalArgumentException if not all ids can be written
   */
  void requireRoom(int vocabulary) {
    if (vocabulary > largestVocabulary) {
      throw new IllegalArgumentException(
          "%s has two bytes for an id, but the vocabulary has %d ids, more than %d: take megatron, or a smaller tokenizer.vocabulary"
              .formatted(name().toLowerCase(Locale.ROOT), vocabulary, largestVocabulary));
    }
  }
}
