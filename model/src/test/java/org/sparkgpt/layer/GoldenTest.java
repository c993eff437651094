package org.sparkgpt.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.dataset.DataSet;
import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.KernelChoice;

/** Every implementation of the kernels reproduces the golden set, in fp32. */
class GoldenTest {
  private static final int[] INPUTS = GoldenSet.tokens("inputs");
  private static final int[] TARGETS = GoldenSet.tokens("targets");
  private static final int ROWS = GoldenSet.B * GoldenSet.T;
  private static final JsonNode EXPECTED = GoldenSet.expected();

  // The golden epsilon is 1e-8, added after PyTorch's bias correction. DL4J adds it before, where
  // it would have to be 1e-8 sqrt(1 - 0.95^t): 2.2e-9 in the first step, 6.3e-9 in the tenth.
  private static final AdamWConfig OPTIMIZER =
      new AdamWConfig(1e-3, 1e-3, 0, 0.9, 0.95, 4.5e-9, 0.1, 1.0);

  @ParameterizedTest
  @EnumSource(KernelChoice.class)
  void logitsAreTheGoldenOnes(KernelChoice kernels) {
    try (Gpt gpt = gpt(kernels)) {
      FloatBlock logits = FloatBlock.allocate((long) ROWS * GoldenSet.CONFIG.vocabulary());

      gpt.logits(logits, INPUTS, GoldenSet.B, GoldenSet.T);

      float[] golden = GoldenSet.tensor("logits.safetensors", "logits");
      assertThat(largestDifference(logits.toArray(), golden)).isLessThan(2e-5);
    }
  }

  @ParameterizedTest
  @EnumSource(KernelChoice.class)
  void lossesAreTheGoldenOnes(KernelChoice kernels) {
    try (Gpt gpt = gpt(kernels)) {
      float[] losses = new float[ROWS];

      double mean = gpt.loss(INPUTS, TARGETS, GoldenSet.B, GoldenSet.T) / ROWS;
      gpt.losses(losses, ROWS);

      assertThat(mean).isCloseTo(EXPECTED.get("loss").asDouble(), within(1e-5));
      for (int r = 0; r < ROWS; r++) {
        JsonNode row = EXPECTED.get("token_losses").get(r / GoldenSet.T);
        assertThat(losses[r]).isCloseTo((float) row.get(r % GoldenSet.T).asDouble(), within(2e-5f));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KernelChoice.class)
  void gradientsAreTheGoldenOnes(KernelChoice kernels) {
    try (Gpt gpt = gpt(kernels)) {
      FloatBlock gradients = FloatBlock.allocate(gpt.weights().flat().length());
      gpt.backward(
          GptParameters.of(GoldenSet.CONFIG, gradients),
          INPUTS,
          TARGETS,
          GoldenSet.B,
          GoldenSet.T,
          1f / ROWS,
          Dropout.NONE,
          false);

      assertGradients(gradients.toArray());
      assertThat(Math.sqrt(gpt.kernels().sumOfSquares(gradients)))
          .isCloseTo(EXPECTED.get("gradient_global_norm").asDouble(), within(1e-5));
    }
  }

  @ParameterizedTest
  @EnumSource(KernelChoice.class)
  void tenStepsOfDl4jsUpdaterAreTheGoldenOnes(KernelChoice kernels) {
    MultiLayerNetwork network = network(kernels, GoldenSet.B);
    assertTenGoldenSteps(network);
  }

  @ParameterizedTest
  @EnumSource(KernelChoice.class)
  void microBatchesAddUpToTheGoldenSteps(KernelChoice kernels) {
    assertTenGoldenSteps(network(kernels, 2)); // rows 0 and 1, then row 2
  }

  private static void assertTenGoldenSteps(MultiLayerNetwork network) {
    DataSet batch = GptNetwork.batch(INPUTS, TARGETS, GoldenSet.B, GoldenSet.T);
    JsonNode steps = EXPECTED.get("adamw");
    for (int i = 0; i < 10; i++) {
      network.fit(batch);
      assertThat(network.score())
          .as("loss before update %d", i + 1)
          .isCloseTo(steps.get("losses").get(i).asDouble(), within(2e-5));
      assertThat(GptNetwork.gradientNorm(network))
          .as("gradient norm before update %d", i + 1)
          .isCloseTo(steps.get("gradient_norms").get(i).asDouble(), within(3e-4));
    }
    assertThat(network.score(batch))
        .isCloseTo(steps.get("loss_after_10_steps").asDouble(), within(2e-5));
    assertWeightsAfterTenSteps(GptNetwork.parameters(network).toArray());
  }

  @ParameterizedTest
  @EnumSource(KernelChoice.class)
  void greedyContinuationIsTheGoldenOne(KernelChoice kernels) {
    try (Gpt gpt = gpt(kernels)) {
      JsonNode greedy = EXPECTED.get("greedy");
      int[] ids = new int[GoldenSet.T];
      int length = greedy.get("prompt").size();
      IntStream.range(0, length).forEach(i -> ids[i] = greedy.get("prompt").get(i).asInt());
      int vocabulary = GoldenSet.CONFIG.vocabulary();
      FloatBlock logits = FloatBlock.allocate((long) GoldenSet.T * vocabulary);

      for (JsonNode token : greedy.get("continuation")) {
        gpt.logits(logits, ids, 1, length);
        float[] last = logits.toArray((long) (length - 1) * vocabulary, vocabulary);
        ids[length++] = argMax(last);
        assertThat(ids[length - 1]).as("token %d", length - 1).isEqualTo(token.asInt());
      }
    }
  }

  private static Gpt gpt(KernelChoice kernels) {
    float[] weights = GoldenSet.parameters("weights.safetensors");
    FloatBlock block = FloatBlock.allocate(weights.length);
    block.put(0, weights);
    return new Gpt(GoldenSet.CONFIG, new Execution(GoldenSet.B, kernels, 2, false), block);
  }

  private static MultiLayerNetwork network(KernelChoice kernels, int microBatch) {
    MultiLayerNetwork network =
        GptNetwork.create(
            GoldenSet.CONFIG, OPTIMIZER, 10, 1, new Execution(microBatch, kernels, 2, false));
    GptNetwork.parameters(network).put(0, GoldenSet.parameters("weights.safetensors"));
    return network;
  }

  /** A key bias moves all scores of a query alike: its exact gradient is 0. */
  private static boolean isKeyBias(String name, int index) {
    return name.endsWith("c_attn.bias") && index / GoldenSet.CONFIG.embd() == 1;
  }

  private static void assertGradients(float[] gradients) {
    float[] golden = GoldenSet.parameters("gradients.safetensors");
    for (ParameterLayout.Parameter parameter : ParameterLayout.of(GoldenSet.CONFIG).parameters()) {
      int from = (int) parameter.offset();
      int to = (int) (from + parameter.length());
      double largest = largest(Arrays.copyOfRange(golden, from, to));
      for (int i = from; i < to; i++) {
        double limit = isKeyBias(parameter.name(), i - from) ? 1e-6 : 1e-4 * largest;
        assertThat((double) gradients[i])
            .as("%s[%d]", parameter.name(), i - from)
            .isCloseTo(golden[i], within(limit));
      }
    }
  }

  private static void assertWeightsAfterTenSteps(float[] weights) {
    float[] golden = GoldenSet.parameters("weights_after_10_steps.safetensors");
    for (ParameterLayout.Parameter parameter : ParameterLayout.of(GoldenSet.CONFIG).parameters()) {
      for (int i = 0; i < parameter.length(); i++) {
        int at = (int) parameter.offset() + i;
        assertThat(weights[at])
            .as("%s[%d]", parameter.name(), i)
            .isCloseTo(golden[at], within(isKeyBias(parameter.name(), i) ? 1e-2f : 1e-4f));
      }
    }
  }

  private static double largestDifference(float[] a, float[] b) {
    assertThat(a).hasSameSizeAs(b);
    return IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i] - b[i])).max().orElse(0);
  }

  private static double largest(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> Math.abs(values[i])).max().orElse(0);
  }

  private static int argMax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
