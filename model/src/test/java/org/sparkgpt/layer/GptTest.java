package org.sparkgpt.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.kernel.KernelChoice;

class GptTest {
  private static final GptConfig CONFIG =
      new GptConfig(13, 7, 2, 2, 8, 0, true, Gelu.TANH, null, DtypeChoice.F32);
  private static final int B = 2;
  private static final int T = 5;

  static Stream<GptConfig> configs() {
    return Stream.of(
        CONFIG,
        new GptConfig(13, 7, 1, 1, 6, 0, false, Gelu.ERF, null, DtypeChoice.F32),
        new GptConfig(13, 7, 2, 2, 8, 0.3, true, Gelu.ERF, null, DtypeChoice.F32),
        new GptConfig(11, 5, 3, 4, 12, 0.1, false, Gelu.TANH, null, DtypeChoice.F32));
  }

  /** The slope of the loss along each tensor's gradient, and along a random direction. */
  @ParameterizedTest
  @MethodSource("configs")
  void gradientsAreDifferenceQuotientsOfTheLoss(GptConfig config) {
    Example example = new Example(config, KernelChoice.PLAIN, B, T);
    Dropout dropout = new Dropout(config.dropout(), 99);
    float[] gradient = example.gradient(dropout);
    SplittableRandom random = new SplittableRandom(8);
    for (ParameterLayout.Parameter parameter : ParameterLayout.of(config).parameters()) {
      int from = (int) parameter.offset();
      int to = from + (int) parameter.length();
      double[] along = new double[to - from];
      double[] across = new double[to - from];
      for (int i = from; i < to; i++) {
        along[i - from] = gradient[i];
        across[i - from] = random.nextBoolean() ? 1 : -1;
      }
      example.assertSlope(parameter, gradient, along, dropout);
      example.assertSlope(parameter, gradient, across, dropout);
    }
  }

  @ParameterizedTest
  @EnumSource(KernelChoice.class)
  void logitsIgnoreLaterTokens(KernelChoice kernels) {
    Example example = new Example(CONFIG, kernels, B, T);
    float[] before = example.logits();
    int known = 3;
    for (int b = 0; b < B; b++) {
      for (int t = known; t < T; t++) {
        example.ids[b * T + t] = (example.ids[b * T + t] + 5) % CONFIG.vocabulary();
      }
    }
    float[] after = example.logits();

    int vocabulary = CONFIG.vocabulary();
    for (int b = 0; b < B; b++) {
      int row = b * T * vocabulary;
      assertThat(Arrays.copyOfRange(after, row, row + known * vocabulary))
          .containsExactly(Arrays.copyOfRange(before, row, row + known * vocabulary));
      assertThat(Arrays.copyOfRange(after, row + known * vocabulary, row + T * vocabulary))
          .isNotEqualTo(Arrays.copyOfRange(before, row + known * vocabulary, row + T * vocabulary));
    }
  }

  @ParameterizedTest
  @EnumSource(KernelChoice.class)
  void smallerBatchesUsePartOfTheMemory(KernelChoice kernels) {
    Example planned = new Example(CONFIG, kernels, B, T);
    Example large = new Example(CONFIG, kernels, 4, CONFIG.context());
    large.gradient(Dropout.NONE); // leaves other values in all buffers

    float[] gradient = planned.gradient(large.gpt, Dropout.NONE);

    assertThat(gradient).containsExactly(planned.gradient(Dropout.NONE), within(1e-6f));
  }

  @ParameterizedTest
  @EnumSource(KernelChoice.class)
  void gradientsOfMicroBatchesAddUpToThatOfTheBatch(KernelChoice kernels) {
    Example both = new Example(CONFIG, kernels, B, T);
    FloatBlock sum = FloatBlock.allocate(both.parameters.length());
    GptParameters gradients = GptParameters.of(CONFIG, sum);
    double loss = 0;
    for (int b = 0; b < B; b++) {
      int[] ids = Arrays.copyOfRange(both.ids, b * T, (b + 1) * T);
      int[] targets = Arrays.copyOfRange(both.targets, b * T, (b + 1) * T);
      loss += both.gpt.backward(gradients, ids, targets, 1, T, 0.1f, Dropout.NONE, b > 0);
    }

    assertThat(loss).isCloseTo(both.loss(Dropout.NONE), within(1e-5));
    assertThat(sum.toArray()).containsExactly(both.gradient(Dropout.NONE), within(1e-6f));
  }

  /** The number formats that kernels have on every machine; auto is bfloat16 where it is fast. */
  static Stream<Arguments> formats() {
    return Stream.of(
        Arguments.of(KernelChoice.PLAIN, DtypeChoice.F32),
        Arguments.of(KernelChoice.PLAIN, DtypeChoice.BF16),
        Arguments.of(KernelChoice.ONEDNN, DtypeChoice.F32),
        Arguments.of(KernelChoice.ONEDNN, DtypeChoice.AUTO));
  }

  private static GptConfig config(DtypeChoice dtype, double dropout, Integer padded) {
    return new GptConfig(13, 7, 3, 2, 8, dropout, true, Gelu.TANH, padded, dtype);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void recomputeGivesTheSameBits(KernelChoice kernels, DtypeChoice dtype) {
    Example example = new Example(config(dtype, 0.2, null), kernels, B, T);
    Dropout dropout = new Dropout(0.2, 5);
    Execution recompute = new Execution(B, kernels, 1, true);
    try (Gpt gpt = new Gpt(example.config, recompute, example.parameters)) {
      float[] gradient = example.gradient(gpt, dropout);

      assertThat(gradient).containsExactly(example.gradient(dropout));
      assertThat(gpt.loss(example.ids, example.targets, B, T))
          .isEqualTo(example.gpt.loss(example.ids, example.targets, B, T));
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void whatTheGradientHeldBeforeDoesNotMatter(KernelChoice kernels, DtypeChoice dtype) {
    Example example = new Example(config(dtype, 0, 16), kernels, B, T);
    float[] garbage = new float[(int) example.parameters.length()];
    Arrays.fill(garbage, Float.NaN);
    FloatBlock gradients = FloatBlock.allocate(garbage.length);
    gradients.put(0, garbage);

    example.gradient(example.gpt, Dropout.NONE, gradients);

    assertThat(gradients.toArray()).containsExactly(example.gradient(Dropout.NONE));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void rowsThatPadTheVocabularyTakeNoPart(KernelChoice kernels, DtypeChoice dtype) {
    Example plain = new Example(config(dtype, 0, null), kernels, B, T);
    Example padded = new Example(config(dtype, 0, 16), kernels, B, T);
    int embedding = 13 * 8;
    int padding = 3 * 8;
    int rest = (int) plain.parameters.length() - embedding;
    padded.parameters.put(0, plain.parameters.toArray(0, embedding));
    padded.parameters.put(embedding + padding, plain.parameters.toArray(embedding, rest));
    padded.gpt.refreshWeights();
    System.arraycopy(plain.ids, 0, padded.ids, 0, B * T);
    System.arraycopy(plain.targets, 0, padded.targets, 0, B * T);

    float[] gradient = padded.gradient(Dropout.NONE);

    assertThat(padded.loss(Dropout.NONE)).isEqualTo(plain.loss(Dropout.NONE));
    assertThat(Arrays.copyOfRange(gradient, embedding, embedding + padding)).containsOnly(0);
    float[] others = new float[embedding + rest];
    System.arraycopy(gradient, 0, others, 0, embedding);
    System.arraycopy(gradient, embedding + padding, others, embedding, rest);
    assertThat(others).containsExactly(plain.gradient(Dropout.NONE), within(1e-6f));
  }

  @ParameterizedTest
  @EnumSource(KernelChoice.class)
  void bfloat16IsCloseTo32Bits(KernelChoice kernels) {
    DtypeChoice dtype = kernels == KernelChoice.PLAIN ? DtypeChoice.BF16 : DtypeChoice.AUTO;
    Example exact = new Example(config(DtypeChoice.F32, 0, null), KernelChoice.PLAIN, B, T);
    Example rounded = new Example(config(dtype, 0, null), kernels, B, T);
    double loss = exact.loss(Dropout.NONE);
    float[] expected = exact.gradient(Dropout.NONE);
    float[] gradient = rounded.gradient(Dropout.NONE);

    assertThat(rounded.loss(Dropout.NONE)).isCloseTo(loss, within(2e-2 * loss));
    double squares = 0;
    double errors = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += (double) expected[i] * expected[i];
      errors += Math.pow((double) gradient[i] - expected[i], 2);
    }
    assertThat(Math.sqrt(errors / squares)).as("error of the gradient").isLessThan(2e-2);
  }

  @Test
  void changedParametersCountOnceTheWeightsAreRefreshed() {
    Example example = new Example(config(DtypeChoice.BF16, 0, null), KernelChoice.PLAIN, B, T);
    double loss = example.gpt.loss(example.ids, example.targets, B, T);
    long offset = ParameterLayout.of(example.config).get("h.1.mlp.c_fc.weight").offset();
    example.parameters.set(offset, 2);

    assertThat(example.gpt.loss(example.ids, example.targets, B, T)).isEqualTo(loss);
    example.gpt.refreshWeights();
    assertThat(example.gpt.loss(example.ids, example.targets, B, T)).isNotEqualTo(loss);
  }

  @Test
  void dropoutIsAPureFunctionOfItsSeed() {
    GptConfig config = new GptConfig(13, 7, 2, 2, 8, 0.5, true, Gelu.TANH, null, DtypeChoice.F32);
    Example example = new Example(config, KernelChoice.PLAIN, B, T);

    double loss = example.loss(new Dropout(0.5, 1));

    assertThat(example.loss(new Dropout(0.5, 1))).isEqualTo(loss);
    assertThat(example.loss(new Dropout(0.5, 2))).isNotEqualTo(loss);
    assertThat(example.gpt.loss(example.ids, example.targets, B, T)).isNotEqualTo(loss);
  }

  @Test
  void badBatchesAreNamed() {
    Example example = new Example(CONFIG, KernelChoice.PLAIN, B, T);
    int[] ids = new int[B * CONFIG.context()];

    assertThatThrownBy(() -> example.gpt.loss(ids, ids, 1, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sequences of 8 tokens; model.context allows 1 to 7");
    assertThatThrownBy(() -> example.gpt.loss(ids, ids, 3, 2))
        .hasMessage("a batch of 3 sequences; memory is planned for 1 to 2");
    assertThatThrownBy(() -> example.gpt.loss(new int[3], ids, 2, 2))
        .hasMessage("3 token ids for a batch of 2 x 2");
    assertThatThrownBy(() -> example.gpt.loss(ids, new int[] {0, 1, 2, 13}, 2, 2))
        .hasMessage("target id 13 at sequence 1, position 1 is outside the vocabulary of 13");
    assertThatThrownBy(() -> example.gpt.loss(new int[] {-1}, ids, 1, 1))
        .hasMessage("token id -1 at sequence 0, position 0 is outside the vocabulary of 13");
    assertThatThrownBy(() -> GptParameters.of(CONFIG, FloatBlock.allocate(5)))
        .hasMessageMatching("the model has \\d+ parameters, the vector 5");
  }

  /** A network with random weights, and a random batch. */
  private static final class Example {
    private final GptConfig config;
    private final FloatBlock parameters;
    private final Gpt gpt;
    private final int batch;
    private final int time;
    private final int[] ids;
    private final int[] targets;

    Example(GptConfig config, KernelChoice kernels, int batch, int time) {
      this.config = config;
      this.batch = batch;
      this.time = time;
      this.parameters = FloatBlock.allocate(ParameterLayout.of(config).length());
      SplittableRandom random = new SplittableRandom(17);
      for (long i = 0; i < parameters.length(); i++) {
        parameters.set(i, (float) random.nextDouble(-0.6, 0.6));
      }
      this.gpt = new Gpt(config, new Execution(batch, kernels, 1, false), parameters);
      this.ids = random.ints((long) batch * time, 0, config.vocabulary()).toArray();
      this.targets = random.ints((long) batch * time, 0, config.vocabulary()).toArray();
    }

    double loss(Dropout dropout) {
      GptParameters unused = GptParameters.of(config, FloatBlock.allocate(parameters.length()));
      return gpt.backward(unused, ids, targets, batch, time, 1, dropout, false);
    }

    float[] gradient(Dropout dropout) {
      return gradient(gpt, dropout);
    }

    /** Of the mean loss, computed by {@code network}. */
    float[] gradient(Gpt network, Dropout dropout) {
      return gradient(network, dropout, FloatBlock.allocate(parameters.length()));
    }

    float[] gradient(Gpt network, Dropout dropout, FloatBlock flat) {
      float scale = 1f / (batch * time);
      GptParameters gradients = GptParameters.of(config, flat);
      network.backward(gradients, ids, targets, batch, time, scale, dropout, false);
      return flat.toArray();
    }

    float[] logits() {
      FloatBlock logits = FloatBlock.allocate((long) batch * time * config.vocabulary());
      gpt.logits(logits, ids, batch, time);
      return logits.toArray();
    }

    void assertSlope(
        ParameterLayout.Parameter parameter,
        float[] gradient,
        double[] direction,
        Dropout dropout) {
      double norm = Math.sqrt(Arrays.stream(direction).map(d -> d * d).sum());
      double step = 1e-2 / Math.max(norm, 1e-9);
      double expected = 0;
      for (int i = 0; i < direction.length; i++) {
        expected += gradient[(int) parameter.offset() + i] * direction[i] / norm;
      }
      double ahead = lossMovedBy(parameter, direction, step, dropout);
      double behind = lossMovedBy(parameter, direction, -step, dropout);
      double slope = (ahead - behind) / 2e-2 / (batch * time);

      assertThat(slope)
          .as("slope of the loss in %s", parameter.name())
          .isCloseTo(expected, within(2e-4 + 2e-3 * Math.abs(expected)));
    }

    private double lossMovedBy(
        ParameterLayout.Parameter parameter, double[] direction, double step, Dropout dropout) {
      int from = (int) parameter.offset();
      float[] saved = parameters.toArray(from, direction.length);
      float[] moved = saved.clone();
      for (int i = 0; i < moved.length; i++) {
        moved[i] += (float) (step * direction[i]);
      }
      parameters.put(from, moved);
      double loss = loss(dropout);
      parameters.put(from, saved);
      return loss;
    }
  }
}
