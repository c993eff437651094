package org.sparkgpt.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkgpt.files.HuggingFaceModel;
import org.sparkgpt.files.Safetensors;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.kernel.KernelChoice;
import org.sparkgpt.kernel.Kernels;
import org.sparkgpt.kernel.PlainKernels;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.Gpt;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.ParameterLayout;

/** Against the reference numbers of golden/gpt2-tiny (see its README). */
class GeneratorTest {
  private static final GptConfig TINY =
      new GptConfig(97, 16, 2, 2, 32, 0, true, Gelu.TANH, null, DtypeChoice.F32);

  private final FloatBlock weights = goldenWeights();
  private final Generator generator = plain(TINY, weights);

  @Test
  void greedyContinuationIsTheReference() throws IOException {
    JsonNode greedy = golden("expected.json").get("greedy");
    List<Integer> heard = new ArrayList<>();

    Generation generation =
        generator.generate(
            ints(greedy.get("prompt")),
            Sampler.greedy(97),
            10,
            OptionalInt.empty(),
            token -> heard.add(token));

    assertThat(generation.tokens()).containsExactly(boxed(ints(greedy.get("continuation"))));
    assertThat(generation.finish()).isEqualTo(Generation.Finish.LENGTH);
    assertThat(heard).isEqualTo(generation.tokens());
  }

  @Test
  void logitsOfPromptsAndOfCachedStepsAreTheReference() throws IOException {
    float[] expected = goldenLogits();
    JsonNode inputs = golden("tokens.json").get("inputs");
    CachedDecoder decoder = new CachedDecoder(TINY, weights, new PlainKernels(), Dtype.F32);
    for (int b = 0; b < 3; b++) {
      int[] ids = ints(inputs.get(b));
      for (int t = 0; t < 16; t++) {
        int row = (b * 16 + t) * 97;
        float[] reference = Arrays.copyOfRange(expected, row, row + 97);
        float[] cached = t == 0 ? decoder.prefill(new int[] {ids[0]}) : decoder.decode(ids[t]);
        assertThat(cached).as("cached, b=%d t=%d", b, t).containsExactly(reference, within(1e-5f));
        float[] prompt = generator.logits(Arrays.copyOf(ids, t + 1));
        assertThat(prompt).as("prompt, b=%d t=%d", b, t).containsExactly(reference, within(1e-5f));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,2,true",
    "7,3,3,4,true",
    "65,1,5,7,false",
    "64,2,4,65,false",
    "150,1,2,64,true"
  })
  void cachedStepsAreThePromptPassOverAwkwardSizes(
      int context, int layers, int heads, int headSize, boolean bias) {
    int embd = heads * headSize;
    GptConfig config =
        new GptConfig(131, context, layers, heads, embd, 0, bias, Gelu.ERF, null, DtypeChoice.F32);
    FloatBlock parameters = random(config, 0.2f);
    int[] ids = new SplittableRandom(1).ints(context, 0, 131).toArray();
    float[] expected = wholeAtOnce(config, parameters, ids);
    float largest = 0;
    for (float logit : expected) {
      largest = Math.max(largest, Math.abs(logit));
    }

    for (KernelChoice choice : KernelChoice.values()) {
      for (Dtype dtype : Dtype.values()) {
        try (Kernels kernels = choice.create(2)) {
          CachedDecoder decoder = new CachedDecoder(config, parameters, kernels, dtype);
          float[] prompt = decoder.prefill(ids);
          float[] steps = decoder.prefill(Arrays.copyOf(ids, (context + 3) / 4));
          for (int t = (context + 3) / 4; t < context; t++) {
            steps = decoder.decode(ids[t]);
          }
          float tolerance = largest * (dtype == Dtype.F32 ? 1e-5f : 2e-2f);
          String what = choice + " " + dtype;
          assertThat(prompt).as(what + " prompt").containsExactly(expected, within(tolerance));
          assertThat(steps).as(what + " steps").containsExactly(expected, within(tolerance));
          assertThat(decoder.isFull()).isTrue();
        }
      }
    }
  }

  /** The last position's logits, by the network that is trained. */
  private static float[] wholeAtOnce(GptConfig config, FloatBlock parameters, int[] ids) {
    int time = ids.length;
    Execution execution = new Execution(1, KernelChoice.PLAIN, 1, false);
    try (Gpt network = new Gpt(config, execution, parameters)) {
      FloatBlock logits = FloatBlock.allocate((long) time * config.vocabulary());
      network.logits(logits, ids, 1, time);
      return logits.toArray((long) (time - 1) * config.vocabulary(), config.vocabulary());
    }
  }

  @Test
  void aTokenAllocatesNothingOutsideTheHeap() {
    GptConfig config = new GptConfig(131, 96, 2, 2, 16, 0, true, Gelu.TANH, null, DtypeChoice.F32);
    FloatBlock parameters = random(config, 0.2f);
    for (Dtype dtype : Dtype.values()) {
      try (Kernels kernels = KernelChoice.ONEDNN.create(2)) {
        CachedDecoder decoder = new CachedDecoder(config, parameters, kernels, dtype);
        long bytes = 0;
        for (int pass = 0; pass < 2; pass++) {
          decoder.prefill(new int[] {1, 2, 3});
          bytes = Pointer.totalBytes(); // the first pass has made the primitives
          while (!decoder.isFull()) {
            decoder.decode(7);
          }
        }
        assertThat(Pointer.totalBytes()).as(dtype + " bytes").isEqualTo(bytes);
      }
    }
  }

  @Test
  void rowsThatPadTheVocabularyAreNeverChosen() {
    for (Dtype dtype : Dtype.values()) {
      GptConfig config = new GptConfig(13, 8, 1, 2, 8, 0, true, Gelu.TANH, 64, DtypeChoice.F32);
      FloatBlock parameters = random(config, 0.2f);
      Generator padded = new Generator(config, parameters, new PlainKernels(), dtype);
      float[] before = padded.logits(1, 2, 3);
      for (long i = 13 * 8; i < 64 * 8; i++) {
        parameters.set(i, 1000); // the rows behind the vocabulary
      }
      Generator other = new Generator(config, parameters, new PlainKernels(), dtype);
      assertThat(other.logits(1, 2, 3)).hasSize(13).isEqualTo(before);
    }
  }

  @Test
  void pastTheContextTheNewerHalfIsReadAgain() {
    int[] prompt = {1, 2, 3, 4, 5};
    Generation generation =
        generator.generate(prompt, Sampler.greedy(97), 50, OptionalInt.empty(), t -> true);

    List<Integer> expected = new ArrayList<>();
    List<Integer> seen = new ArrayList<>(List.of(1, 2, 3, 4, 5));
    while (expected.size() < 50) {
      int token = Sampler.greedy(97).next(generator.logits(toArray(seen)));
      expected.add(token);
      if (seen.size() == 16) {
        seen = new ArrayList<>(seen.subList(9, 16)); // with the new token: half the context
      }
      seen.add(token);
    }
    assertThat(generation.tokens()).isEqualTo(expected);
  }

  @Test
  void contextOfOneTokenGoesOn() {
    GptConfig config = new GptConfig(13, 1, 1, 1, 4, 0, false, Gelu.TANH, null, DtypeChoice.F32);
    Generator one = plain(config, random(config, 0.5f));
    Generation generation =
        one.generate(new int[] {1, 2}, Sampler.greedy(13), 5, OptionalInt.empty(), t -> true);
    assertThat(generation.tokens()).hasSize(5);
  }

  @Test
  void ofALongPromptTheLastTokensAreSeen() {
    int[] prompt = IntStream.range(0, 40).toArray();
    int[] end = IntStream.range(24, 40).toArray();
    assertThat(continued(prompt, 20)).isEqualTo(continued(end, 20));
    assertThat(generator.logits(prompt)).isEqualTo(generator.logits(end));
  }

  @Test
  void stopTokenEndsAndIsLeftOut() throws IOException {
    int[] prompt = ints(golden("expected.json").get("greedy").get("prompt"));
    Generation generation =
        generator.generate(prompt, Sampler.greedy(97), 10, OptionalInt.of(57), t -> true);
    assertThat(generation.tokens()).containsExactly(63, 35, 64, 64);
    assertThat(generation.finish()).isEqualTo(Generation.Finish.STOP_TOKEN);
  }

  @Test
  void listenerEndsWithTheTokenItHeard() throws IOException {
    int[] prompt = ints(golden("expected.json").get("greedy").get("prompt"));
    Generation generation =
        generator.generate(prompt, Sampler.greedy(97), 10, OptionalInt.empty(), t -> t != 64);
    assertThat(generation.tokens()).containsExactly(63, 35, 64);
    assertThat(generation.finish()).isEqualTo(Generation.Finish.LISTENER);
  }

  @Test
  void sameSeedContinuesTheSameWay() {
    SamplingConfig config = new SamplingConfig(30, 1, 40, 0.9, 5, List.of(), 2);
    int[] prompt = {7};
    List<Integer> first = sampled(prompt, config, 0);
    assertThat(sampled(prompt, config, 1)).isNotEqualTo(first);
    assertThat(sampled(prompt, config, 0)).isEqualTo(first);
  }

  @Test
  void exportedModelWithoutBiasesContinuesLikeTheTrainedOne() throws IOException {
    GptConfig config = new GptConfig(31, 8, 2, 2, 12, 0, false, Gelu.ERF, null, DtypeChoice.F32);
    HuggingFaceModel trained = new HuggingFaceModel(config, random(config, 0.3f));
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    trained.writeWeights(file);
    GptConfig exported = new GptConfig(31, 8, 2, 2, 12, 0, true, Gelu.ERF, null, DtypeChoice.F32);
    InputStream in = new ByteArrayInputStream(file.toByteArray());
    FloatBlock read = HuggingFaceModel.readWeights(in, file.size(), exported, "f");

    float[] before = plain(config, trained.parameters()).logits(1, 2, 3);
    float[] after = plain(exported, read).logits(1, 2, 3);

    assertThat(after).isEqualTo(before);
  }

  @Test
  void wrongInputIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> generator.logits())
        .withMessage("the prompt is empty: it needs at least one token");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> generator.logits(3, 97))
        .withMessage("token 97 is not in the model's vocabulary of 97");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plain(TINY, FloatBlock.allocate(3)))
        .withMessage("the model has 29088 parameters, the vector 3");
  }

  private static Generator plain(GptConfig config, FloatBlock parameters) {
    return new Generator(config, parameters, new PlainKernels(), Dtype.F32);
  }

  private List<Integer> continued(int[] prompt, int count) {
    return generator
        .generate(prompt, Sampler.greedy(97), count, OptionalInt.empty(), t -> true)
        .tokens();
  }

  private List<Integer> sampled(int[] prompt, SamplingConfig config, int sample) {
    Sampler sampler = Sampler.of(config, 97, sample);
    return generator
        .generate(prompt, sampler, config.maxTokens(), OptionalInt.empty(), t -> true)
        .tokens();
  }

  private static FloatBlock random(GptConfig config, float scale) {
    FloatBlock parameters = FloatBlock.allocate(ParameterLayout.of(config).length());
    SplittableRandom random = new SplittableRandom(11);
    for (long i = 0; i < parameters.length(); i++) {
      parameters.set(i, (float) random.nextDouble(-scale, scale));
    }
    return parameters;
  }

  private static FloatBlock goldenWeights() {
    byte[] file = resource("weights.safetensors");
    try {
      InputStream in = new ByteArrayInputStream(file);
      return HuggingFaceModel.readWeights(in, file.length, TINY, "weights.safetensors");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static float[] goldenLogits() throws IOException {
    byte[] file = resource("logits.safetensors");
    return Safetensors.read(new ByteArrayInputStream(file), file.length, "logits")
        .get("logits")
        .values()
        .toArray();
  }

  private static JsonNode golden(String name) throws IOException {
    return new ObjectMapper().readTree(resource(name));
  }

  private static byte[] resource(String name) {
    try (InputStream in = GeneratorTest.class.getResourceAsStream("/golden/gpt2-tiny/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int[] ints(JsonNode list) {
    return IntStream.range(0, list.size()).map(i -> list.get(i).intValue()).toArray();
  }

  private static int[] toArray(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Integer[] boxed(int[] values) {
    return Arrays.stream(values).boxed().toArray(Integer[]::new);
  }
}
