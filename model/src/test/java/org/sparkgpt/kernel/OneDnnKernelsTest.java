package org.sparkgpt.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.sparkgpt.kernel.Blocks.assertClose;
import static org.sparkgpt.kernel.Blocks.converted;
import static org.sparkgpt.kernel.Blocks.ids;
import static org.sparkgpt.kernel.Blocks.normal;

import java.util.Arrays;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link OneDnnKernels} against {@link PlainKernels}, over awkward sizes, in both formats. */
class OneDnnKernelsTest {
  private static final OneDnnKernels FAST = new OneDnnKernels(2, 100_000); // several head chunks
  private static final PlainKernels PLAIN = new PlainKernels();

  @AfterAll
  static void close() {
    FAST.close();
  }

  private static double tolerance(Dtype dtype) {
    return dtype == Dtype.F32 ? 1e-5 : 2e-2;
  }

  /** An output of a call. */
  private record Output(long length, Dtype dtype) {}

  private static Output of(Dtype dtype, long length) {
    return new Output(length, dtype);
  }

  private static Output f32(long length) {
    return new Output(length, Dtype.F32);
  }

  private static void compare(BiConsumer<Kernels, FloatBlock[]> call, long... outputLengths) {
    Output[] outputs =
        Arrays.stream(outputLengths).mapToObj(OneDnnKernelsTest::f32).toArray(Output[]::new);
    compare(Dtype.F32, call, outputs);
  }

  /** Runs a call on both, on outputs that start as the same numbers, and compares the outputs. */
  private static void compare(
      Dtype inputs, BiConsumer<Kernels, FloatBlock[]> call, Output... outputs) {
    FloatBlock[] actual = new FloatBlock[outputs.length];
    FloatBlock[] expected = new FloatBlock[outputs.length];
    for (int i = 0; i < actual.length; i++) {
      actual[i] = normal(100 + i, outputs[i].length, outputs[i].dtype);
      expected[i] = FloatBlock.allocate(outputs[i].length, outputs[i].dtype);
      expected[i].copyFrom(actual[i]);
    }
    call.accept(FAST, actual);
    call.accept(PLAIN, expected);
    for (int i = 0; i < actual.length; i++) {
      assertClose(inputs + " output " + i, actual[i], expected[i], tolerance(inputs));
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
    "7,513,600,true",
    "129,768,768,false",
    "1,768,768,true"
  })
  void linearLayersAgree(int rows, int in, int out, boolean hasBias) {
    for (Dtype t : Dtype.values()) {
      FloatBlock x = normal(1, (long) rows * in, t);
      FloatBlock w = normal(2, (long) in * out, t);
      FloatBlock dy = normal(3, (long) rows * out, t);
      FloatBlock bias = hasBias ? normal(4, out) : null;
      Output y = of(t, (long) rows * out);
      compare(t, (k, d) -> k.linear(d[0], x, w, bias, rows, in, out), y);
      compare(t, (k, d) -> k.linear(d[0], x, w, bias, rows, in, out), f32(y.length));
      compare(t, (k, d) -> k.linearAdd(d[0], x, w, bias, rows, in, out), f32(y.length));
      compare(
          t, (k, d) -> k.linearBackwardInput(d[0], dy, w, rows, in, out), of(t, (long) rows * in));
      compare(
          t, (k, d) -> k.linearBackwardInput(d[0], dy, w, rows, in, out), f32((long) rows * in));
      for (boolean add : new boolean[] {false, true}) {
        compare(
            t,
            (k, d) ->
                k.linearBackwardWeight(d[0], hasBias ? d[1] : null, dy, x, rows, in, out, add),
            f32((long) in * out),
            f32(out));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Gelu.class)
  void linearLayersWithActivationAgree(Gelu form) {
    int rows = 65;
    int in = 48;
    int out = 192;
    for (Dtype t : Dtype.values()) {
      FloatBlock x = normal(1, (long) rows * in, t);
      FloatBlock w = converted(normal(2, (long) in * out, 0.2), t);
      FloatBlock bias = normal(4, out);
      Output y = of(t, (long) rows * out);
      compare(t, (k, d) -> k.linearGelu(d[0], d[1], x, w, bias, rows, in, out, form), y, y);
      compare(t, (k, d) -> k.linearGelu(d[0], null, x, w, bias, rows, in, out, form), y);
      compare(t, (k, d) -> k.linearGelu(d[0], null, x, w, null, rows, in, out, form), y);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,48,true", "7,48,false", "65,768,true", "129,131,false", "64,128,true"})
  void layerNormsAgree(int rows, int cols, boolean hasBias) {
    long size = (long) rows * cols;
    FloatBlock x = normal(1, size);
    FloatBlock gain = normal(2, cols);
    FloatBlock bias = hasBias ? normal(3, cols) : null;
    FloatBlock dy = normal(4, size);
    for (Dtype t : Dtype.values()) {
      compare(
          t,
          (k, y) -> k.layerNorm(y[0], y[1], y[2], x, gain, bias, rows, cols),
          of(t, size),
          f32(rows),
          f32(rows));
    }
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
    for (Dtype t : Dtype.values()) {
      for (int length : new int[] {1, 7, 64, 65, 1000, 4097}) {
        FloatBlock x = converted(normal(1, length, 3), t); // also the flat ends
        FloatBlock dy = normal(2, length, t);
        compare(t, (k, y) -> k.gelu(y[0], x, length, form), of(t, length));
        compare(t, (k, dx) -> k.geluBackward(dx[0], dy, x, length, form), of(t, length));
        compare(t, (k, dx) -> k.geluBackward(dx[0], dx[0], x, length, form), of(t, length));
      }
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
    "2,129,2,24,0.1",
    "40,129,4,8,0", // more sequences than are worked on at once
    "1,200,12,64,0",
  })
  void attentionAgrees(int batch, int time, int heads, int headSize, double rate) {
    long size = (long) batch * time * heads * headSize;
    Dropout dropout = new Dropout(rate, 42L);
    for (Dtype t : Dtype.values()) {
      FloatBlock qkv = normal(1, 3 * size, t);
      FloatBlock dy = normal(2, size, t);
      compare(
          t,
          (k, d) -> {
            k.causalAttention(d[0], qkv, batch, time, heads, headSize, dropout);
            k.causalAttentionBackward(d[1], dy, qkv, batch, time, heads, headSize, dropout);
          },
          of(t, size),
          of(t, 3 * size));
    }
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
  @CsvSource({"1,48,131", "7,48,1000", "65,768,131", "129,48,131", "65,48,1000", "7,768,50257"})
  void headsAgree(int rows, int cols, int vocabulary) {
    int padding = 3; // rows of wte behind the vocabulary, which must not matter
    // Logits of deviation 3: much larger ones would make the softmax a step, and errors jumps.
    FloatBlock matrix = normal(2, (long) (vocabulary + padding) * cols, 3 / Math.sqrt(cols));
    int[] targets = ids(3, rows, vocabulary);
    for (Dtype t : Dtype.values()) {
      FloatBlock x = normal(1, (long) rows * cols, t);
      FloatBlock wte = converted(matrix, t);
      for (boolean add : new boolean[] {false, true}) {
        compare(
            t,
            (k, d) ->
                k.headCrossEntropy(
                    d[0], d[1], d[2], x, wte, targets, rows, cols, vocabulary, 1f / rows, add),
            f32(rows),
            f32(x.length()),
            f32(wte.length()));
      }
      compare(
          t,
          (k, d) ->
              k.headCrossEntropy(
                  d[0], null, null, x, wte, targets, rows, cols, vocabulary, 1, false),
          f32(rows));
      compare(
          t,
          (k, d) -> k.logits(d[0], x, wte, rows, cols, vocabulary),
          f32((long) rows * vocabulary));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 768, 65_536, 200_001})
  void adamWAgrees(int length) {
    FloatBlock gradients = normal(1, length);
    FloatBlock squares = normal(2, length);
    for (long i = 0; i < length; i++) {
      squares.set(i, squares.get(i) * squares.get(i));
    }
    for (double decay : new double[] {0, 1e-3}) {
      AdamWStep step = new AdamWStep(1e-2, decay, 0.9, 0.95, 1e-8, 0.5);
      compare(
          (k, d) -> {
            d[2].copyFrom(squares);
            k.adamW(d[0], null, d[1], d[2], gradients, step);
            k.adamW(d[0], null, d[1], d[2], gradients, step);
          },
          length,
          length,
          length);
    }
  }

  @Test
  void adamWRoundsTheNewParameters() {
    FloatBlock parameters = normal(1, 200_001);
    FloatBlock rounded = FloatBlock.allocate(parameters.length(), Dtype.BF16);
    FloatBlock moments = FloatBlock.allocate(parameters.length());
    FAST.adamW(
        parameters,
        rounded,
        moments,
        FloatBlock.allocate(parameters.length()),
        normal(2, parameters.length()),
        new AdamWStep(0.1, 0.01, 0.9, 0.95, 1e-8, 1));
    assertThat(rounded.toArray()).isEqualTo(converted(parameters, Dtype.BF16).toArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 4097})
  void conversionsAgreeToTheBit(int length) {
    FloatBlock x = normal(1, length, 100);
    FloatBlock half = FloatBlock.allocate(length, Dtype.BF16);
    FloatBlock back = FloatBlock.allocate(length);
    FAST.convert(half, x, length);
    FAST.convert(back, half, length);
    assertThat(half.toArray()).isEqualTo(converted(x, Dtype.BF16).toArray());
    assertThat(back.toArray()).isEqualTo(half.toArray());
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
  void blocksThatAreTooShortOrOfAnotherFormatAreRefused() {
    FloatBlock x = normal(1, 48);
    assertThatThrownBy(() -> FAST.linear(x, x, x, null, 1, 48, 48))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a block of 48 floats where 2304 are needed");
    FloatBlock half = FloatBlock.allocate(48, Dtype.BF16);
    assertThatThrownBy(() -> FAST.layerNorm(x, x, x, half, x, x, 1, 48))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a block of BF16 where F32 is expected");
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
