package org.sparkgpt.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.sparkgpt.kernel.Blocks.assertClose;
import static org.sparkgpt.kernel.Blocks.ids;
import static org.sparkgpt.kernel.Blocks.normal;

import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link OneDnnKernels} against {@link PlainKernels}, over awkward sizes. */
class OneDnnKernelsTest {
  private static final double TOLERANCE = 1e-5;
  private static final OneDnnKernels FAST = new OneDnnKernels(2, 100_000); // several head chunks
  private static final PlainKernels PLAIN = new PlainKernels();

  @AfterAll
  static void close() {
    FAST.close();
  }

  /** Runs a call on both, on outputs that start as the same numbers, and compares the outputs. */
  private static void compare(BiConsumer<Kernels, FloatBlock[]> call, long... outputLengths) {
    FloatBlock[] actual = new FloatBlock[outputLengths.length];
    FloatBlock[] expected = new FloatBlock[outputLengths.length];
    for (int i = 0; i < actual.length; i++) {
      actual[i] = normal(100 + i, outputLengths[i]);
      expected[i] = normal(100 + i, outputLengths[i]);
    }
    call.accept(FAST, actual);
    call.accept(PLAIN, expected);
    for (int i = 0; i < actual.length; i++) {
      assertClose("output " + i, actual[i], expected[i], TOLERANCE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,48,48,true",
    "7,48,131,false",
    "64,131,48,true",
    "65,768,131,true",
    "129,48,768,false",
    "65,768,1000,true",
    "1,768,768,true"
  })
  void linearLayersAgree(int rows, int in, int out, boolean hasBias) {
    FloatBlock x = normal(1, (long) rows * in);
    FloatBlock w = normal(2, (long) in * out);
    FloatBlock dy = normal(3, (long) rows * out);
    FloatBlock bias = hasBias ? normal(4, out) : null;
    compare((k, y) -> k.linear(y[0], x, w, bias, rows, in, out), (long) rows * out);
    compare((k, y) -> k.linearAdd(y[0], x, w, bias, rows, in, out), (long) rows * out);
    compare((k, dx) -> k.linearBackwardInput(dx[0], dy, w, rows, in, out), (long) rows * in);
    compare(
        (k, d) -> k.linearBackwardWeight(d[0], hasBias ? d[1] : null, dy, x, rows, in, out, true),
        (long) in * out,
        out);
  }

  @ParameterizedTest
  @CsvSource({"1,48,true", "7,48,false", "65,768,true", "129,131,false", "64,128,true"})
  void layerNormsAgree(int rows, int cols, boolean hasBias) {
    long size = (long) rows * cols;
    FloatBlock x = normal(1, size);
    FloatBlock gain = normal(2, cols);
    FloatBlock bias = hasBias ? normal(3, cols) : null;
    FloatBlock dy = normal(4, size);
    compare((k, y) -> k.layerNorm(y[0], y[1], y[2], x, gain, bias, rows, cols), size, rows, rows);
    FloatBlock mean = FloatBlock.allocate(rows);
    FloatBlock rstd = FloatBlock.allocate(rows);
    PLAIN.layerNorm(FloatBlock.allocate(size), mean, rstd, x, gain, bias, rows, cols);
    compare(
        (k, d) ->
            k.layerNormBackward(
                d[0], d[1], hasBias ? d[2] : null, dy, x, mean, rstd, gain, rows, cols),
        size,
        cols,
        cols);
  }

  @ParameterizedTest
  @EnumSource(Gelu.class)
  void gelusAgree(Gelu form) {
    for (int length : new int[] {1, 7, 64, 65, 1000, 4097}) {
      FloatBlock x = normal(1, length, 3); // also the flat ends
      FloatBlock dy = normal(2, length);
      compare((k, y) -> k.gelu(y[0], x, length, form), length);
      compare((k, dx) -> k.geluBackward(dx[0], dy, x, length, form), length);
      compare((k, dx) -> k.geluBackward(dx[0], dx[0], x, length, form), length);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2,1,3,16,0",
    "3,1,3,16,0.4",
    "2,2,3,16,0",
    "2,7,3,1,0",
    "2,7,3,2,0",
    "1,7,1,48,0",
    "2,7,3,16,0.3",
    "2,64,4,32,0",
    "1,65,12,64,0.2",
    "3,65,2,24,0",
  })
  void attentionAgrees(int batch, int time, int heads, int headSize, double rate) {
    long size = (long) batch * time * heads * headSize;
    FloatBlock qkv = normal(1, 3 * size);
    FloatBlock dy = normal(2, size);
    Dropout dropout = new Dropout(rate, 42L);
    compare(
        (k, d) -> {
          k.causalAttention(d[0], qkv, batch, time, heads, headSize, dropout);
          k.causalAttentionBackward(d[1], dy, qkv, batch, time, heads, headSize, dropout);
        },
        size,
        3 * size);
  }

  @Test
  void attentionIgnoresLaterTokensExactly() {
    int time = 65;
    FloatBlock qkv = normal(1, time * 3 * 48);
    FloatBlock before = FloatBlock.allocate(time * 48);
    FAST.causalAttention(before, qkv, 1, time, 3, 16, Dropout.NONE);
    qkv.slice(40 * 3 * 48, 25 * 3 * 48).copyFrom(normal(2, 25 * 3 * 48));
    FloatBlock after = FloatBlock.allocate(time * 48);
    FAST.causalAttention(after, qkv, 1, time, 3, 16, Dropout.NONE);
    assertThat(after.toArray(0, 40 * 48)).isEqualTo(before.toArray(0, 40 * 48));
    assertThat(after.toArray(40 * 48, 48)).isNotEqualTo(before.toArray(40 * 48, 48));
  }

  @ParameterizedTest
  @CsvSource({"1,1,48", "3,7,48", "2,65,768"})
  void embeddingsAgree(int batch, int time, int cols) {
    int vocabulary = 11; // so that ids repeat
    int[] ids = ids(1, batch * time, vocabulary);
    FloatBlock wte = normal(2, (long) vocabulary * cols);
    FloatBlock wpe = normal(3, (long) time * cols);
    FloatBlock dx = normal(4, (long) batch * time * cols);
    compare((k, x) -> k.embed(x[0], ids, wte, wpe, batch, time, cols), dx.length());
    compare(
        (k, d) -> k.embedBackward(d[0], d[1], dx, ids, batch, time, cols),
        wte.length(),
        wpe.length());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64, 65, 1000})
  void sumsAndDropoutAgree(int length) {
    FloatBlock x = normal(1, length);
    compare((k, y) -> k.add(y[0], x, length), length);
    compare((k, y) -> k.dropout(y[0], length, new Dropout(0.25, 7L)), length);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1023, 1024, 5000, 65_536})
  void sumsOfSquaresAgree(int length) {
    FloatBlock x = normal(1, length);
    double expected = PLAIN.sumOfSquares(x);
    assertThat(FAST.sumOfSquares(x)).isCloseTo(expected, within(1e-6 * expected));
  }

  @ParameterizedTest
  @CsvSource({"1,48,131", "7,48,1000", "65,768,131", "129,48,131", "65,48,1000"})
  void headsAgree(int rows, int cols, int vocabulary) {
    FloatBlock x = normal(1, (long) rows * cols);
    // Logits of deviation 3: much larger ones would make the softmax a step, and errors jumps.
    FloatBlock wte = normal(2, (long) vocabulary * cols, 3 / Math.sqrt(cols));
    int[] targets = ids(3, rows, vocabulary);
    compare(
        (k, d) ->
            k.headCrossEntropy(
                d[0], d[1], d[2], x, wte, targets, rows, cols, vocabulary, 1f / rows, true),
        rows,
        x.length(),
        wte.length());
    compare(
        (k, d) ->
            k.headCrossEntropy(d[0], null, null, x, wte, targets, rows, cols, vocabulary, 1, true),
        rows);
    compare((k, d) -> k.logits(d[0], x, wte, rows, cols, vocabulary), (long) rows * vocabulary);
  }

  @Test
  void lossOfAnImpossibleTargetIsFinite() {
    FloatBlock x = FloatBlock.allocate(1);
    x.set(0, 1000);
    FloatBlock wte = FloatBlock.allocate(2);
    wte.put(0, 1, -1); // logits 1000 and -1000: the target's probability underflows
    FloatBlock losses = FloatBlock.allocate(1);
    FAST.headCrossEntropy(losses, null, null, x, wte, new int[] {1}, 1, 1, 2, 1, true);
    assertThat(losses.get(0)).isEqualTo(2000);
  }

  @Test
  void whatLiesBehindTheSizesIsLeftAlone() {
    FloatBlock x = normal(1, 8 * 48);
    FloatBlock y = normal(2, 8 * 48);
    float[] behind = y.toArray(7 * 48, 48);
    FAST.linear(y, x, normal(3, 48 * 48), null, 7, 48, 48);
    assertThat(y.toArray(7 * 48, 48)).isEqualTo(behind);
  }

  @Test
  void blocksThatAreTooShortAreRefused() {
    FloatBlock x = normal(1, 48);
    assertThatThrownBy(() -> FAST.linear(x, x, x, null, 1, 48, 48))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a block of 48 floats where 2304 are needed");
  }

  @Test
  void closedKernelsRefuseWorkAndCloseTwice() {
    OneDnnKernels kernels = new OneDnnKernels(1);
    kernels.close();
    kernels.close();
    assertThatThrownBy(() -> kernels.sumOfSquares(FloatBlock.allocate(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("these kernels are closed");
  }
}
