package org.sparkgpt.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.ParameterLayout;

class HuggingFaceModelTest {
  private static final ModelCard CARD =
      new ModelCard("tiny", new LinkedHashMap<>(Map.of("training tokens", "1,000")));

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"true,TANH", "true,ERF", "false,TANH", "false,ERF"})
  void directoryIsReadBack(boolean bias, Gelu activation) throws IOException {
    HuggingFaceModel model =
        random(new GptConfig(11, 5, 2, 2, 6, 0.1, bias, activation, null, DtypeChoice.F32));
    write(model, OptionalInt.of(10));

    HuggingFaceModel read = HuggingFaceModel.read(ModelDirectory.of(directory));

    assertThat(read.config())
        .isEqualTo(new GptConfig(11, 5, 2, 2, 6, 0, true, activation, null, DtypeChoice.F32));
    Map<String, ParameterLayout.Parameter> trained = new LinkedHashMap<>();
    ParameterLayout.of(model.config()).parameters().forEach(p -> trained.put(p.name(), p));
    for (ParameterLayout.Parameter p : ParameterLayout.of(read.config()).parameters()) {
      float[] expected =
          trained.containsKey(p.name())
              ? model.parameters().toArray(trained.get(p.name()).offset(), (int) p.length())
              : new float[(int) p.length()];
      assertThat(read.parameters().toArray(p.offset(), (int) p.length()))
          .as(p.name())
          .isEqualTo(expected);
    }
  }

  @Test
  void rowsThatPadTheVocabularyStayBehind() throws IOException {
    HuggingFaceModel padded =
        random(new GptConfig(11, 5, 1, 2, 6, 0, true, Gelu.TANH, 16, DtypeChoice.F32));
    write(padded, OptionalInt.of(10));

    HuggingFaceModel read = HuggingFaceModel.read(ModelDirectory.of(directory));

    assertThat(read.config())
        .isEqualTo(new GptConfig(11, 5, 1, 2, 6, 0, true, Gelu.TANH, null, DtypeChoice.F32));
    int used = 11 * 6;
    int padding = 5 * 6; // rows 11 to 15
    assertThat(read.parameters().toArray(0, used)).isEqualTo(padded.parameters().toArray(0, used));
    int rest = (int) read.parameters().length() - used;
    assertThat(read.parameters().toArray(used, rest))
        .as("all that follows wte")
        .isEqualTo(padded.parameters().toArray(used + padding, rest));
  }

  @Test
  void configHasEveryKeyThatReadersAskFor() throws IOException {
    GptConfig config = new GptConfig(11, 5, 2, 3, 6, 0.1, true, Gelu.TANH, null, DtypeChoice.F32);
    JsonNode json = json(HuggingFaceConfig.write(config, OptionalInt.of(10)));
    JsonNode expected =
        json(
            """
            {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": 11,
             "n_positions": 5, "n_ctx": 5, "n_embd": 6, "n_layer": 2, "n_head": 3, "n_inner": null,
             "activation_function": "gelu_new", "layer_norm_epsilon": 1e-05,
             "initializer_range": 0.02, "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0,
             "scale_attn_weights": true, "scale_attn_by_inverse_layer_idx": false,
             "reorder_and_upcast_attn": false, "use_cache": true, "tie_word_embeddings": true,
             "bos_token_id": 10, "eos_token_id": 10, "torch_dtype": "float32"}
            """
                .getBytes(StandardCharsets.UTF_8));
    assertThat(json).isEqualTo(expected);
  }

  @Test
  void companionFilesNameTheEndOfTextOnlyIfThereIsOne() throws IOException {
    GptConfig config = new GptConfig(11, 5, 2, 3, 6, 0, false, Gelu.ERF, null, DtypeChoice.F32);

    Map<String, byte[]> with = HuggingFaceFiles.of(config, OptionalInt.of(10), CARD);
    assertThat(json(with.get("generation_config.json")).get("eos_token_id").intValue())
        .isEqualTo(10);
    assertThat(json(with.get("special_tokens_map.json")).get("eos_token").textValue())
        .isEqualTo("<|endoftext|>");
    assertThat(json(with.get("tokenizer_config.json")).get("model_max_length").intValue())
        .isEqualTo(5);
    assertThat(HuggingFaceConfig.endOfText(with.get("config.json"), "c")).hasValue(10);

    Map<String, byte[]> without = HuggingFaceFiles.of(config, OptionalInt.empty(), CARD);
    assertThat(without.keySet())
        .containsExactly(
            "config.json",
            "generation_config.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "README.md");
    assertThat(json(without.get("special_tokens_map.json"))).isEmpty();
    assertThat(json(without.get("config.json")).get("eos_token_id").isNull()).isTrue();
    assertThat(HuggingFaceConfig.endOfText(without.get("config.json"), "c")).isEmpty();
  }

  @Test
  void cardTellsSizeAndFacts() {
    GptConfig config = new GptConfig(11, 5, 2, 3, 6, 0, false, Gelu.ERF, null, DtypeChoice.F32);
    assertThat(CARD.markdown(config))
        .startsWith("---\nlibrary_name: transformers\n")
        .contains("# tiny\n", "| parameters | 990 |", "| training tokens | 1,000 |")
        .contains("| biases | none (stored as zeros) |");
  }

  @Test
  void referenceWeightsAreRead() throws IOException {
    byte[] file = goldenWeights();
    GptConfig config = new GptConfig(97, 16, 2, 2, 32, 0, true, Gelu.TANH, null, DtypeChoice.F32);
    Files.write(directory.resolve("model.safetensors"), file);
    Files.write(
        directory.resolve("config.json"), HuggingFaceConfig.write(config, OptionalInt.empty()));

    HuggingFaceModel model = HuggingFaceModel.read(ModelDirectory.of(directory));

    assertThat(model.config()).isEqualTo(config);
    // the reference lies in our own order: its data must be our flat vector
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    model.writeWeights(again);
    int data = 29_088 * Float.BYTES;
    assertThat(last(again.toByteArray(), data)).isEqualTo(last(file, data));
  }

  @Test
  void prefixMasksAndTiedHeadOfOtherWritersAreAccepted() throws IOException {
    HuggingFaceModel model =
        random(new GptConfig(11, 5, 1, 2, 6, 0, true, Gelu.TANH, null, DtypeChoice.F32));
    List<Safetensors.Tensor> tensors = new ArrayList<>();
    for (Safetensors.Tensor t : tensors(model)) {
      tensors.add(new Safetensors.Tensor("transformer." + t.name(), t.shape(), t.values()));
    }
    tensors.add(zeros("transformer.h.0.attn.bias", 1, 1, 5, 5));
    tensors.add(zeros("h.0.attn.masked_bias"));
    tensors.add(zeros("lm_head.weight", 11, 6));
    write(model, OptionalInt.empty());
    writeTensors(tensors);

    HuggingFaceModel read = HuggingFaceModel.read(ModelDirectory.of(directory));

    assertThat(read.parameters().toArray()).isEqualTo(model.parameters().toArray());
  }

  @Test
  void missingUnknownAndMisshapenTensorsAreNamed() throws IOException {
    HuggingFaceModel model =
        random(new GptConfig(11, 5, 1, 2, 6, 0, true, Gelu.TANH, null, DtypeChoice.F32));
    write(model, OptionalInt.empty());
    List<Safetensors.Tensor> sound = tensors(model);

    List<Safetensors.Tensor> missing = new ArrayList<>(sound);
    missing.removeIf(t -> t.name().equals("h.0.mlp.c_fc.weight"));
    assertRefused(missing, "tensor h.0.mlp.c_fc.weight [6, 24] is missing");

    List<Safetensors.Tensor> unknown = new ArrayList<>(sound);
    unknown.add(zeros("h.1.ln_1.weight", 6));
    assertRefused(unknown, "h.1.ln_1.weight [6] is not a tensor of this model");

    List<Safetensors.Tensor> twice = new ArrayList<>(sound);
    twice.add(zeros("transformer.wte.weight", 11, 6));
    assertRefused(twice, "transformer.wte.weight [11, 6] is not a tensor of this model");

    List<Safetensors.Tensor> transposed = new ArrayList<>(missing);
    transposed.add(zeros("h.0.mlp.c_fc.weight", 24, 6));
    assertRefused(transposed, "h.0.mlp.c_fc.weight: expected shape [6, 24], found [24, 6]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model_type|\"llama\"|model_type must be gpt2, found \"llama\"",
        "n_embd|\"6\"|n_embd must be an integer, found \"6\"",
        "n_layer|0|model.layers must be positive, got 0",
        "n_head|4|model.embd must be a multiple of model.heads, got 6 and 4",
        "n_ctx|6|n_ctx must be 5.0, found 6",
        "n_inner|12|n_inner must be 24.0, found 12",
        "activation_function|\"relu\"|activation_function must be gelu_new or gelu, found relu",
        "layer_norm_epsilon|1e-6|layer_norm_epsilon must be 1.0E-5, found 1.0E-6",
        "scale_attn_by_inverse_layer_idx|true|scale_attn_by_inverse_layer_idx must be false",
        "tie_word_embeddings|false|tie_word_embeddings must be true, found false",
      })
  void configThatThisDecoderCannotFollowIsRefused(String key, String value, String message)
      throws IOException {
    GptConfig config = new GptConfig(11, 5, 2, 3, 6, 0, true, Gelu.TANH, null, DtypeChoice.F32);
    String json =
        new String(HuggingFaceConfig.write(config, OptionalInt.empty()), StandardCharsets.UTF_8)
            .replaceAll("(\"" + key + "\" : )[^,\\n]+", "$1" + value);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> HuggingFaceConfig.read(json.getBytes(StandardCharsets.UTF_8), "config.json"))
        .withMessageStartingWith("config.json: " + message);
  }

  @Test
  void missingFileAndBrokenConfigAreTold() throws IOException {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HuggingFaceModel.read(ModelDirectory.of(directory)))
        .withMessage(directory + " has no config.json: expected a Hugging Face model directory");
    Files.writeString(directory.resolve("config.json"), "{\"model_type\": ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HuggingFaceModel.read(ModelDirectory.of(directory)))
        .withMessageStartingWith(directory + "/config.json: not JSON: ");
  }

  private void assertRefused(List<Safetensors.Tensor> tensors, String message) throws IOException {
    writeTensors(tensors);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HuggingFaceModel.read(ModelDirectory.of(directory)))
        .withMessage(
            directory + "/model.safetensors: " + message + "; does config.json belong to it?");
  }

  private void write(HuggingFaceModel model, OptionalInt endOfText) throws IOException {
    Map<String, byte[]> files = HuggingFaceFiles.of(model.config(), endOfText, CARD);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(directory.resolve(file.getKey()), file.getValue());
    }
    try (OutputStream out = Files.newOutputStream(directory.resolve("model.safetensors"))) {
      model.writeWeights(out);
    }
  }

  private void writeTensors(List<Safetensors.Tensor> tensors) throws IOException {
    try (OutputStream out = Files.newOutputStream(directory.resolve("model.safetensors"))) {
      Safetensors.write(out, tensors);
    }
  }

  private static List<Safetensors.Tensor> tensors(HuggingFaceModel model) {
    return ParameterLayout.of(model.config()).parameters().stream()
        .map(
            p ->
                new Safetensors.Tensor(
                    p.name(),
                    p.shape().stream().map(Integer::longValue).toList(),
                    model.parameters().slice(p.offset(), p.length())))
        .toList();
  }

  private static Safetensors.Tensor zeros(String name, long... shape) {
    List<Long> sizes = Arrays.stream(shape).boxed().toList();
    long length = sizes.stream().reduce(1L, (a, b) -> a * b);
    return new Safetensors.Tensor(name, sizes, FloatBlock.allocate(length));
  }

  private static HuggingFaceModel random(GptConfig config) {
    FloatBlock parameters = FloatBlock.allocate(ParameterLayout.of(config).length());
    SplittableRandom random = new SplittableRandom(7);
    for (long i = 0; i < parameters.length(); i++) {
      parameters.set(i, (float) random.nextDouble(-1, 1));
    }
    return new HuggingFaceModel(config, parameters);
  }

  private static byte[] goldenWeights() throws IOException {
    try (InputStream in =
        HuggingFaceModelTest.class.getResourceAsStream("/golden/gpt2-tiny/weights.safetensors")) {
      return in.readAllBytes();
    }
  }

  private static byte[] last(byte[] bytes, int count) {
    return Arrays.copyOfRange(bytes, bytes.length - count, bytes.length);
  }

  private static JsonNode json(byte[] content) throws IOException {
    return new ObjectMapper().readTree(content);
  }
}
