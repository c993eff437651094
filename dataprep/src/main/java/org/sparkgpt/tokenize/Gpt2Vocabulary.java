package org.sparkgpt.tokenize;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import java.util.Arrays;

/**
 * GPT-2's tokenizer out of the ranks that JTokkit carries ({@code r50k_base}). Ranks name only the
 * merged bytes; which two tokens merge follows from encoding those bytes with the merges before.
 */
public final class Gpt2Vocabulary {
  /** OpenAI's vocab.bpe. */
  static final int MERGES = 50_000;

  private Gpt2Vocabulary() {}

  /** 50257 ids, those of OpenAI's. */
  public static Tokenizer tokenizer() {
    return bytePairs();
  }

  static BytePairTokenizer bytePairs() {
    Encoding ranks = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);
    MergeTable table = new MergeTable(MERGES);
    PairMerger merger = new PairMerger(table);
    int[] merges = new int[2 * MERGES];
    for (int r = 0; r < MERGES; r++) {
      int id = ByteAlphabet.SIZE + r;
      byte[] token = bytesOf(ranks, id);
      int[] parts = new int[token.length];
      int count = merger.merge(token, 0, token.length, parts, 0);
      if (count != 2) {
        throw new IllegalStateException(
            "r50k_base: token " + id + " is no merge of two: " + Arrays.toString(parts));
      }
      table.put(parts[0], parts[1], id);
      merges[2 * r] = parts[0];
      merges[2 * r + 1] = parts[1];
    }
    return new BytePairTokenizer(merges);
  }

  private static byte[] bytesOf(Encoding ranks, int id) {
    IntArrayList one = new IntArrayList(1);
    one.add(id);
    return ranks.decodeBytes(one);
  }
}
