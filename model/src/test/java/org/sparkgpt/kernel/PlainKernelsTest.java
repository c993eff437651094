package org.sparkgpt.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainKernelsTest {
  private final Kernels kernels = new PlainKernels();

  @Test
  void linearIsXTimesWPlusBias() {
    FloatBlock y = FloatBlock.allocate(4);

    kernels.linear(y, block(1, 2, 3, 4), block(5, 6, 7, 8), block(10, 20), 2, 2, 2);

    assertThat(y.toArray()).containsExactly(29, 42, 53, 70);
  }

  @Test
  void linearAddAddsToWhatIsThere() {
    FloatBlock y = block(100, 200);

    kernels.linearAdd(y, block(1, 2), block(5, 6, 7, 8), null, 1, 2, 2);

    assertThat(y.toArray()).containsExactly(119, 222);
  }

  @Test
  void linearBackwardIsTheTransposedProductAndAccumulates() {
    FloatBlock dx = FloatBlock.allocate(4);
    FloatBlock dw = block(100, 100, 100, 100);
    FloatBlock dbias = block(100, 100);
    FloatBlock dy = block(1, 2, 3, 4);

    kernels.linearBackwardInput(dx, dy, block(5, 6, 7, 8), 2, 2, 2);
    kernels.linearBackwardWeight(dw, dbias, dy, block(1, 0, 2, 3), 2, 2, 2, true);

    assertThat(dx.toArray()).containsExactly(17, 23, 39, 53);
    assertThat(dw.toArray()).containsExactly(107, 110, 109, 112);
    assertThat(dbias.toArray()).containsExactly(104, 106);
  }

  @Test
  void layerNormOfTwoOppositeValuesIsOneAndMinusOne() {
    FloatBlock y = FloatBlock.allocate(2);
    FloatBlock mean = FloatBlock.allocate(1);
    FloatBlock rstd = FloatBlock.allocate(1);

    kernels.layerNorm(y, mean, rstd, block(7, 3), block(1, 2), block(0, 10), 1, 2);

    assertThat(mean.get(0)).isEqualTo(5);
    assertThat(rstd.get(0)).isCloseTo(0.5f, within(1e-5f)); // 1 / sqrt(4 + 1e-5)
    assertThat(y.get(0)).isCloseTo(1, within(1e-5f));
    assertThat(y.get(1)).isCloseTo(8, within(1e-5f));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64, 65, 1000})
  void layerNormsGradientSumsToZeroOverARow(int cols) {
    SplittableRandom random = new SplittableRandom(cols);
    FloatBlock x = random(random, cols);
    FloatBlock gain = random(random, cols);
    FloatBlock mean = FloatBlock.allocate(1);
    FloatBlock rstd = FloatBlock.allocate(1);
    FloatBlock dx = FloatBlock.allocate(cols);
    kernels.layerNorm(FloatBlock.allocate(cols), mean, rstd, x, gain, null, 1, cols);

    FloatBlock dgain = FloatBlock.allocate(cols);
    FloatBlock dy = random(random, cols);
    kernels.layerNormBackward(dx, dgain, null, dy, x, mean, rstd, gain, 1, cols);

    double sum = 0; // the norm does not see a constant added to the row
    for (float value : dx.toArray()) {
      sum += value;
    }
    assertThat(sum).isCloseTo(0, within(1e-5 * Math.sqrt(cols) * Math.max(1, rstd.get(0))));
  }

  @Test
  void geluHasItsPublishedValues() {
    FloatBlock y = FloatBlock.allocate(4);
    FloatBlock x = block(-2, 0, 1, 3);

    kernels.gelu(y, x, 4, Gelu.TANH);
    assertThat(y.toArray())
        .containsExactly(new float[] {-0.045402f, 0, 0.841192f, 2.996363f}, within(1e-6f));
    kernels.gelu(y, x, 4, Gelu.ERF);
    assertThat(y.toArray())
        .containsExactly(new float[] {-0.045500f, 0, 0.841345f, 2.995950f}, within(1e-6f));
  }

  @ParameterizedTest
  @EnumSource(Gelu.class)
  void geluSlopeIsItsDifferenceQuotient(Gelu form) {
    for (double x = -7; x <= 7; x += 0.37) {
      double h = 1e-5;
      double quotient =
          (GeluFunction.value(x + h, form) - GeluFunction.value(x - h, form)) / (2 * h);
      assertThat(GeluFunction.slope(x, form)).as("at %s", x).isCloseTo(quotient, within(1e-9));
    }
  }

  @Test
  void attentionOfTheFirstPositionIsItsValueAndOfTheSecondAMean() {
    FloatBlock y = FloatBlock.allocate(2);
    FloatBlock qkv = block(1, 5, 2, /* second row */ 0, 9, 4); // q = 0: equal scores

    kernels.causalAttention(y, qkv, 1, 2, 1, 1, Dropout.NONE);

    assertThat(y.toArray()).containsExactly(2, 3);
  }

  @Test
  void attentionOverEqualValuesReturnsThem() {
    int time = 65;
    int width = 6;
    SplittableRandom random = new SplittableRandom(3);
    FloatBlock qkv = random(random, 2L * time * 3 * width);
    for (int r = 0; r < 2 * time; r++) {
      qkv.put((r * 3L + 2) * width, 1, 2, 3, 4, 5, 6);
    }
    FloatBlock y = FloatBlock.allocate(2L * time * width);

    kernels.causalAttention(y, qkv, 2, time, 2, 3, Dropout.NONE);

    for (long i = 0; i < y.length(); i++) { // probabilities sum to 1
      assertThat(y.get(i)).isCloseTo(1 + i % width, within(1e-5f));
    }
  }

  @Test
  void crossEntropyOfEqualLogitsIsTheLogarithmOfTheVocabulary() {
    FloatBlock losses = FloatBlock.allocate(1);
    FloatBlock dx = FloatBlock.allocate(1);
    FloatBlock dwte = FloatBlock.allocate(3);

    kernels.headCrossEntropy(
        losses, dx, dwte, block(0), block(1, 2, 3), new int[] {2}, 1, 1, 3, 0.5f, true);

    assertThat(losses.get(0)).isCloseTo((float) Math.log(3), within(1e-6f));
    assertThat(dx.get(0)).isCloseTo(-0.5f, within(1e-6f)); // 0.5 · (mean of wte - 3)
    assertThat(dwte.toArray()).containsExactly(0, 0, 0);
  }

  @Test
  void crossEntropyWithoutGradientsHasTheSameLosses() {
    SplittableRandom random = new SplittableRandom(5);
    FloatBlock x = random(random, 7 * 5);
    FloatBlock wte = random(random, 131 * 5);
    int[] targets = random.ints(7, 0, 131).toArray();
    FloatBlock losses = FloatBlock.allocate(7);
    FloatBlock again = FloatBlock.allocate(7);

    kernels.headCrossEntropy(
        losses,
        FloatBlock.allocate(35),
        FloatBlock.allocate(655),
        x,
        wte,
        targets,
        7,
        5,
        131,
        1,
        true);
    kernels.headCrossEntropy(again, null, null, x, wte, targets, 7, 5, 131, 1, true);

    assertThat(again.toArray()).containsExactly(losses.toArray());
  }

  @Test
  void embeddingAddsTokenAndPositionAndScattersBack() {
    FloatBlock x = FloatBlock.allocate(4);
    int[] ids = {1, 1, 0, 1};
    kernels.embed(x, ids, block(1, 2), block(10, 20), 2, 2, 1);
    FloatBlock dwte = FloatBlock.allocate(2);
    FloatBlock dwpe = FloatBlock.allocate(2);
    kernels.embedBackward(dwte, dwpe, block(1, 10, 100, 1000), ids, 2, 2, 1);

    assertThat(x.toArray()).containsExactly(12, 22, 11, 22);
    assertThat(dwte.toArray()).containsExactly(100, 1011);
    assertThat(dwpe.toArray()).containsExactly(101, 1010);
  }

  @Test
  void dropoutDropsItsShareAndKeepsTheMean() {
    int n = 100_000;
    FloatBlock x = FloatBlock.allocate(n);
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    x.put(0, ones);

    kernels.dropout(x, n, new Dropout(0.2, 42));

    int dropped = 0;
    for (float value : x.toArray()) {
      assertThat(value).isIn(0f, 1.25f);
      dropped += value == 0 ? 1 : 0;
    }
    assertThat((double) dropped / n).isCloseTo(0.2, within(0.004)); // 3 sigma of 100,000 draws
  }

  @Test
  void elementsBehindTheGivenSizesAreLeftAlone() {
    FloatBlock y = block(1, 1, 1);

    kernels.linear(y, block(2, 0, 0), block(3, 0), null, 1, 1, 1);
    kernels.add(y, block(4, 4, 4), 1);

    assertThat(y.toArray()).containsExactly(10, 1, 1);
  }

  @Test
  void sumOfSquaresReadsEveryElement() {
    assertThat(kernels.sumOfSquares(block(3, 4))).isEqualTo(25);
    FloatBlock large = FloatBlock.allocate(70_000);
    large.set(69_999, 2);
    assertThat(kernels.sumOfSquares(large)).isEqualTo(4);
  }

  private static FloatBlock block(float... values) {
    FloatBlock block = FloatBlock.allocate(values.length);
    block.put(0, values);
    return block;
  }

  private static FloatBlock random(SplittableRandom random, long length) {
    FloatBlock block = FloatBlock.allocate(length);
    for (long i = 0; i < length; i++) {
      block.set(i, (float) random.nextDouble(-1, 1));
    }
    return block;
  }
}
