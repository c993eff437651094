package org.sparkgpt.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.kernel.KernelChoice;

class GptMemoryTest {
  private static final GptConfig GPT2 =
      new GptConfig(50257, 1024, 12, 12, 768, 0, true, Gelu.TANH, null, DtypeChoice.F32);
  private static final Set<String> OF_THE_LAYER = Set.of("bf16 weights", "activations", "scratch");

  static Stream<Arguments> variants() {
    return Stream.of(DtypeChoice.F32, DtypeChoice.BF16)
        .flatMap(
            dtype ->
                Stream.of(true, false)
                    .flatMap(
                        recompute ->
                            Stream.of(true, false)
                                .map(training -> Arguments.of(dtype, recompute, training))));
  }

  /** JavaCPP counts what FloatBlock allocates. */
  @ParameterizedTest
  @MethodSource("variants")
  void whatIsPlannedIsWhatIsAllocated(DtypeChoice dtype, boolean recompute, boolean training)
      throws InterruptedException {
    GptConfig config = new GptConfig(13, 7, 3, 2, 8, 0.1, true, Gelu.TANH, 16, dtype);
    Execution execution = new Execution(2, KernelChoice.PLAIN, 1, recompute);
    FloatBlock parameters = FloatBlock.allocate(ParameterLayout.of(config).length());
    FloatBlock gradients = FloatBlock.allocate(parameters.length());
    GptParameters gradientViews = GptParameters.of(config, gradients);
    int[] ids = {1, 2, 3, 4};
    settle(); // blocks of earlier tests must not be freed in between

    long before = Pointer.totalBytes();
    try (Gpt gpt = new Gpt(config, execution, parameters)) {
      if (training) {
        gpt.backward(gradientViews, ids, ids, 2, 2, 1, Dropout.NONE, false);
      }
      gpt.loss(ids, ids, 2, 2);
      long allocated = Pointer.totalBytes() - before;

      long planned =
          GptMemory.of(config, execution, training).parts().stream()
              .filter(part -> OF_THE_LAYER.contains(part.name()))
              .mapToLong(GptMemory.Part::bytes)
              .sum();
      assertThat(planned).isEqualTo(allocated).isPositive();
    }
  }

  private static void settle() throws InterruptedException {
    long last;
    do {
      last = Pointer.totalBytes();
      System.gc();
      Thread.sleep(50);
    } while (Pointer.totalBytes() != last);
  }

  @Test
  void gpt2TrainsInItsLimits() {
    GptMemory plain = GptMemory.of(GPT2, execution(4, false), true);
    GptMemory recompute = GptMemory.of(GPT2, execution(4, true), true);

    assertThat(plain.bytes()).isBetween(3_900_000_000L, 4_500_000_000L);
    assertThat(recompute.bytes()).isBetween(2_300_000_000L, 2_700_000_000L);
    assertThat(GptMemory.of(GPT2, execution(4, false), false).bytes()).isLessThan(1_100_000_000L);
    assertThat(plain.parts().get(0)).isEqualTo(new GptMemory.Part("parameters", 497_759_232));
    assertThat(plain.parts().stream().mapToLong(GptMemory.Part::bytes).sum())
        .isEqualTo(plain.bytes());
  }

  @Test
  void theTableListsEveryPartAndTheTotal() {
    assertThat(GptMemory.of(GPT2, execution(4, true), true).describe())
        .isEqualToNormalizingNewlines(
            """
            parameters              497.8 MB
            gradients               497.8 MB
            optimizer               995.5 MB
            activations             314.7 MB
            scratch                 125.8 MB
            workspace               124.1 MB
            total                 2,555.6 MB
            """);
  }

  @Test
  void whatIsBesideANetworkCountsWhateverItsBatch() {
    GptMemory network = GptMemory.of(GPT2, execution(4, false), true);
    GptMemory more = network.and(new GptMemory.Part("deltas", 1_000_000_000L));

    assertThat(more.bytes()).isEqualTo(network.bytes() + 1_000_000_000L);
    assertThat(more.describe()).contains("deltas                1,000.0 MB");
    assertThatThrownBy(() -> more.requireFits(4_200_000_000L))
        .hasMessageEndingWith("train.microBatch: 2 or with train.recompute: true");
  }

  @Test
  void aRunThatDoesNotFitIsToldWhatWould() {
    GptMemory memory = GptMemory.of(GPT2, execution(4, false), true);

    assertThatCode(() -> memory.requireFits(memory.bytes())).doesNotThrowAnyException();
    assertThatThrownBy(() -> memory.requireFits(3_200_000_000L))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "training needs 4,[0-9]{3} MB outside the heap, 3,200 MB are available: it fits with"
                + " train.microBatch: 2 or with train.recompute: true");
    assertThatThrownBy(() -> memory.requireFits(2_540_000_000L))
        .hasMessageEndingWith("it fits with train.microBatch: 3 with train.recompute: true");
    assertThatThrownBy(() -> memory.requireFits(2_000_000_000L))
        .hasMessageMatching(
            ".*: not even train.microBatch: 1 with train.recompute: true fits, which needs"
                + " 2,[0-9]{3} MB");
    assertThatThrownBy(
            () -> GptMemory.of(GPT2, execution(16, false), false).requireFits(1_000_000_000L))
        .hasMessageMatching("scoring needs .*: batches of [0-9]+ sequences fit");
  }

  private static Execution execution(int microBatch, boolean recompute) {
    return new Execution(microBatch, KernelChoice.ONEDNN, 2, recompute);
  }
}
