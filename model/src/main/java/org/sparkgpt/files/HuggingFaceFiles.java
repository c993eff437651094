package org.sparkgpt.files;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.sparkgpt.layer.GptConfig;

/**
 * The small files of a Hugging Face directory that describe a model: everything but its weights
 * ({@link HuggingFaceModel}) and its vocabulary, which is the tokenizer's to write.
 */
public final class HuggingFaceFiles {
  /** GPT-2's only special token: it stands between documents. */
  private static final String END_OF_TEXT = "<|endoftext|>";

  private static final JsonMapper JSON = new JsonMapper();

  private HuggingFaceFiles() {}

  /**
   * Contents by file name: {@code config.json}, {@code generation_config.json}, {@code
   * tokenizer_config.json}, {@code special_tokens_map.json} and {@code README.md}.
   *
   * @param endOfText id of {@code <|endoftext|>}, where the tokenizer has it
   */
  public static Map<String, byte[]> of(GptConfig config, OptionalInt endOfText, ModelCard card)
      throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("config.json", HuggingFaceConfig.write(config, endOfText));
    files.put("generation_config.json", generationConfig(endOfText));
    files.put("tokenizer_config.json", tokenizerConfig(config, endOfText));
    files.put("special_tokens_map.json", specialTokens(endOfText));
    files.put("README.md", card.markdown(config).getBytes(StandardCharsets.UTF_8));
    return files;
  }

  /** JSON laid out as Hugging Face's own files are: two spaces, a line end at the end. */
  static byte[] bytes(ObjectNode json) throws IOException {
    DefaultPrettyPrinter layout =
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    String text = JSON.writer(layout).writeValueAsString(json) + "\n";
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] generationConfig(OptionalInt endOfText) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("_from_model_config", true);
    if (endOfText.isPresent()) {
      json.put("bos_token_id", endOfText.getAsInt());
      json.put("eos_token_id", endOfText.getAsInt());
    }
    return bytes(json);
  }

  private static byte[] tokenizerConfig(GptConfig config, OptionalInt endOfText)
      throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("tokenizer_class", "GPT2Tokenizer");
    json.put("add_prefix_space", false);
    json.put("add_bos_token", false);
    putSpecialTokens(json, endOfText);
    json.put("model_max_length", config.context());
    json.put("clean_up_tokenization_spaces", false);
    return bytes(json);
  }

  private static byte[] specialTokens(OptionalInt endOfText) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    putSpecialTokens(json, endOfText);
    return bytes(json);
  }

  private static void putSpecialTokens(ObjectNode json, OptionalInt endOfText) {
    if (endOfText.isPresent()) {
      for (String role : List.of("bos_token", "eos_token", "unk_token")) {
        json.put(role, END_OF_TEXT);
      }
    }
  }
}
