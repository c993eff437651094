package org.sparkgpt.tokenize;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.GptBytePairEncodingParams;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** JTokkit with the vocabulary of a tokenizer of ours: what that is measured and proven against. */
public final class JTokkitRanks {
  /** As JTokkit's r50k_base has it. */
  private static final Pattern GPT2 =
      Pattern.compile(
          "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private JTokkitRanks() {}

  /**
   * @param tokenizer a byte-level BPE with end-of-text as its last id
   */
  public static Encoding of(Tokenizer tokenizer) {
    Map<byte[], Integer> ranks = new HashMap<>();
    for (int id = 0; id < tokenizer.endOfText().orElseThrow(); id++) {
      ranks.put(tokenizer.bytesOf(id), id);
    }
    String name = tokenizer.digest();
    EncodingRegistry registry = Encodings.newLazyEncodingRegistry();
    registry.registerGptBytePairEncoding(
        new GptBytePairEncodingParams(name, GPT2, ranks, Map.of()));
    return registry.getEncoding(name).orElseThrow();
  }
}
