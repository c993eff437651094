package org.sparkgpt.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.layer.GptConfig;

/**
 * {@code config.json} of a GPT-2 in Hugging Face's terms.
 *
 * <p>A read configuration always has biases, because the format has no way to say otherwise (models
 * without are written with zeros), and no dropout, which is a setting of training.
 */
public final class HuggingFaceConfig {
  /** The variance's epsilon of {@code Kernels.layerNorm}. */
  private static final double EPSILON = 1e-5;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private HuggingFaceConfig() {}

  /**
   * The file's content.
   *
   * @param endOfText id of the token between documents, where the tokenizer has one
   */
  public static byte[] write(GptConfig config, OptionalInt endOfText) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add("GPT2LMHeadModel");
    json.put("model_type", "gpt2");
    json.put("vocab_size", config.vocabulary());
    json.put("n_positions", config.context());
    json.put("n_ctx", config.context()); // transformers ignores it, llama.cpp and Jlama ask for it
    json.put("n_embd", config.embd());
    json.put("n_layer", config.layers());
    json.put("n_head", config.heads());
    json.putNull("n_inner"); // 4 n_embd
    json.put("activation_function", config.activation().huggingFaceName());
    json.put("layer_norm_epsilon", EPSILON);
    json.put("initializer_range", 0.02);
    json.put("resid_pdrop", 0.0);
    json.put("embd_pdrop", 0.0);
    json.put("attn_pdrop", 0.0);
    json.put("scale_attn_weights", true);
    json.put("scale_attn_by_inverse_layer_idx", false);
    json.put("reorder_and_upcast_attn", false);
    json.put("use_cache", true);
    json.put("tie_word_embeddings", true);
    Integer token = endOfText.isPresent() ? endOfText.getAsInt() : null;
    json.put("bos_token_id", token);
    json.put("eos_token_id", token);
    json.put("torch_dtype", "float32");
    return HuggingFaceFiles.bytes(json);
  }

  /**
   * The shape that a {@code config.json} describes; an error names the key whose value this decoder
   * can't follow.
   *
   * @param source how errors call the file
   */
  public static GptConfig read(byte[] content, String source) {
    JsonNode json = parse(content, source);
    require(json, "model_type", "gpt2", source);
    int embd = integer(json, "n_embd", source);
    int context = integer(json, "n_positions", source);
    requireIfPresent(json, "n_ctx", context, source);
    requireIfPresent(json, "n_inner", 4.0 * embd, source);
    requireIfPresent(json, "layer_norm_epsilon", EPSILON, source);
    requireIfPresent(json, "scale_attn_weights", true, source);
    requireIfPresent(json, "scale_attn_by_inverse_layer_idx", false, source);
    requireIfPresent(json, "tie_word_embeddings", true, source);
    try {
      return new GptConfig(
          integer(json, "vocab_size", source),
          context,
          integer(json, "n_layer", source),
          integer(json, "n_head", source),
          embd,
          0,
          true,
          activation(json, source),
          null,
          DtypeChoice.F32);
    } catch (IllegalArgumentException e) {
      String message = e.getMessage();
      throw message.startsWith(source) ? e : wrong(source, message, e);
    }
  }

  /** Id of the token that ends a text, where {@code config.json} names one. */
  public static OptionalInt endOfText(byte[] content, String source) {
    JsonNode token = parse(content, source).path("eos_token_id");
    return token.isInt() ? OptionalInt.of(token.intValue()) : OptionalInt.empty();
  }

  private static JsonNode parse(byte[] content, String source) {
    try {
      JsonNode json = JSON.readTree(content);
      if (!json.isObject()) {
        throw wrong(source, "expected a JSON object", null);
      }
      return json;
    } catch (JsonProcessingException e) {
      throw wrong(source, "not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw wrong(source, "not readable: " + e.getMessage(), e);
    }
  }

  private static Gelu activation(JsonNode json, String source) {
    String name = json.path("activation_function").asText("gelu_new");
    return Arrays.stream(Gelu.values())
        .filter(g -> g.huggingFaceName().equals(name))
        .findFirst()
        .orElseThrow(() -> wrong(source, "activation_function", known(), name));
  }

  private static String known() {
    return Arrays.stream(Gelu.values())
        .map(Gelu::huggingFaceName)
        .collect(Collectors.joining(" or "));
  }

  private static int integer(JsonNode json, String key, String source) {
    JsonNode value = json.path(key);
    if (!value.isInt()) {
      throw wrong(source, key, "an integer", value.isMissingNode() ? "nothing" : value);
    }
    return value.intValue();
  }

  private static void require(JsonNode json, String key, String expected, String source) {
    if (!json.path(key).asText().equals(expected)) {
      throw wrong(source, key, expected, json.path(key));
    }
  }

  private static void requireIfPresent(JsonNode json, String key, double expected, String source) {
    if (json.hasNonNull(key)) {
      JsonNode value = json.get(key);
      // the tolerance is for a decimal's way through float32
      if (!value.isNumber() || Math.abs(value.doubleValue() - expected) > 1e-6 * expected) {
        throw wrong(source, key, expected, value);
      }
    }
  }

  private static void requireIfPresent(JsonNode json, String key, boolean expected, String source) {
    if (json.hasNonNull(key) && json.get(key).asBoolean() != expected) {
      throw wrong(source, key, expected, json.get(key));
    }
  }

  private static IllegalArgumentException wrong(
      String source, String key, Object expected, Object found) {
    return wrong(source, key + " must be " + expected + ", found " + found, null);
  }

  private static IllegalArgumentException wrong(String source, String what, Exception cause) {
    return new IllegalArgumentException(source + ": " + what, cause);
  }
}
