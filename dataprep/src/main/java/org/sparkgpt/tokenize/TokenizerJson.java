package org.sparkgpt.tokenize;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Hugging Face's {@code tokenizer.json}, version 1.0. Byte-level BPE: pre-tokenizer, post-processor
 * and decoder {@code ByteLevel}, model {@code BPE}, {@code <|endoftext|>} an added special token.
 * Characters: model {@code BPE} with no merges, no pre-tokenizer, decoder {@code Fuse}.
 *
 * @param vocabulary {@code vocab.json}
 * @param mergesText {@code merges.txt}
 * @param tokenizer {@code tokenizer.json}
 */
record TokenizerJson(String vocabulary, String mergesText, String tokenizer) {
  private static final String VERSION = "1.0";
  private static final ObjectMapper JSON = new ObjectMapper();

  static TokenizerJson of(Tokenizer tokenizer) {
    boolean isByteLevel = tokenizer instanceof BytePairTokenizer;
    ObjectNode vocabulary = JSON.createObjectNode();
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      vocabulary.put(name(tokenizer, id), id);
    }
    List<String> merges = new ArrayList<>();
    if (tokenizer instanceof BytePairTokenizer bpe) {
      int[] ids = bpe.merges();
      for (int i = 0; i < ids.length; i += 2) {
        merges.add(name(bpe, ids[i]) + " " + name(bpe, ids[i + 1]));
      }
    }
    StringBuilder text = new StringBuilder("#version: 0.2\n");
    merges.forEach(merge -> text.append(merge).append('\n'));
    ObjectNode root = isByteLevel ? byteLevel(tokenizer) : characters();
    root.set("model", model(vocabulary, merges));
    return new TokenizerJson(print(vocabulary), text.toString(), print(root));
  }

  private static String name(Tokenizer tokenizer, int id) {
    byte[] bytes = tokenizer.bytesOf(id);
    boolean isText =
        !(tokenizer instanceof BytePairTokenizer) || id == tokenizer.vocabularySize() - 1;
    return isText ? new String(bytes, StandardCharsets.UTF_8) : ByteAlphabet.print(bytes);
  }

  private static ObjectNode byteLevel(Tokenizer tokenizer) {
    ObjectNode root = header();
    root.withArray("added_tokens")
        .addObject()
        .put("id", tokenizer.endOfText().orElseThrow())
        .put("content", Tokenizer.END_OF_TEXT)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
    root.putNull("normalizer");
    for (String step : List.of("pre_tokenizer", "post_processor", "decoder")) {
      root.putObject(step)
          .put("type", "ByteLevel")
          .put("add_prefix_space", false)
          .put("trim_offsets", true)
          .put("use_regex", true);
    }
    return root;
  }

  private static ObjectNode characters() {
    ObjectNode root = header();
    root.putNull("normalizer").putNull("pre_tokenizer").putNull("post_processor");
    root.putObject("decoder").put("type", "Fuse");
    return root;
  }

  private static ObjectNode header() {
    ObjectNode root = JSON.createObjectNode().put("version", VERSION);
    root.putNull("truncation").putNull("padding").putArray("added_tokens");
    return root;
  }

  private static ObjectNode model(ObjectNode vocabulary, List<String> merges) {
    ObjectNode model = JSON.createObjectNode().put("type", "BPE").putNull("dropout");
    model
        .putNull("unk_token")
        .put("continuing_subword_prefix", "")
        .put("end_of_word_suffix", "")
        .put("fuse_unk", false)
        .put("byte_fallback", false)
        .put("ignore_merges", false)
        .set("vocab", vocabulary);
    ArrayNode list = model.putArray("merges");
    merges.forEach(list::add);
    return model;
  }

  private static String print(ObjectNode node) {
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of strings and numbers is always JSON", e);
    }
  }

  /**
   * @throws IllegalArgumentException if this is no JSON or no tokenizer of ours, with what is wrong
   */
  static Tokenizer parse(String json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON, or cut short (" + e.getOriginalMessage() + ")");
    }
    require(VERSION.equals(root.path("version").asText()), "version is not " + VERSION);
    JsonNode model = root.path("model");
    require("BPE".equals(model.path("type").asText()), "model.type is not BPE");
    require(model.path("vocab").isObject(), "model.vocab is missing");
    require(model.path("merges").isArray(), "model.merges is missing");
    String[] names = names(model.path("vocab"));
    JsonNode splitter = root.path("pre_tokenizer");
    if (splitter.isNull()) {
      require(model.path("merges").isEmpty(), "merges without a ByteLevel pre_tokenizer");
      return characters(names);
    }
    require("ByteLevel".equals(splitter.path("type").asText()), "pre_tokenizer is not ByteLevel");
    return bytePairs(names, model.path("merges"));
  }

  /** The tokens by id. */
  private static String[] names(JsonNode vocabulary) {
    String[] names = new String[vocabulary.size()];
    vocabulary
        .fields()
        .forEachRemaining(
            entry -> {
              int id = entry.getValue().asInt(-1);
              require(
                  id >= 0 && id < names.length && names[id] == null,
                  "model.vocab does not give each id from 0 to " + (names.length - 1) + " once");
              names[id] = entry.getKey();
            });
    return names;
  }

  private static CharTokenizer characters(String[] names) {
    int[] codePoints = new int[names.length];
    for (int id = 0; id < names.length; id++) {
      require(
          names[id].codePointCount(0, names[id].length()) == 1,
          "token " + id + " is not one character: " + names[id]);
      codePoints[id] = names[id].codePointAt(0);
    }
    return new CharTokenizer(codePoints);
  }

  private static BytePairTokenizer bytePairs(String[] names, JsonNode merges) {
    int last = names.length - 1;
    require(
        last == ByteAlphabet.SIZE + merges.size() && Tokenizer.END_OF_TEXT.equals(names[last]),
        "model.vocab must hold 256 bytes, one token per merge and last <|endoftext|>, but has %d tokens and %d merges"
            .formatted(names.length, merges.size()));
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < last; id++) {
      ids.put(names[id], id);
    }
    int[] flat = new int[2 * merges.size()];
    for (int r = 0; r < merges.size(); r++) {
      String[] pair = pair(merges.get(r));
      require(
          pair.length == 2 && ids.containsKey(pair[0]) && ids.containsKey(pair[1]),
          "merge " + r + " is not of two tokens: " + merges.get(r));
      flat[2 * r] = ids.get(pair[0]);
      flat[2 * r + 1] = ids.get(pair[1]);
    }
    BytePairTokenizer tokenizer = new BytePairTokenizer(flat);
    for (int id = 0; id < last; id++) {
      require(
          names[id].equals(name(tokenizer, id)),
          "token " + id + " should be " + name(tokenizer, id) + " but is " + names[id]);
    }
    return tokenizer;
  }

  /** {@code "a b"} as most write it, {@code ["a", "b"]} as Hugging Face does since 0.20. */
  private static String[] pair(JsonNode merge) {
    return merge.isArray()
        ? new String[] {merge.path(0).asText(), merge.path(1).asText()}
        : merge.asText().split(" ", -1);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
