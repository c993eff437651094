package org.sparkgpt.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.sparkgpt.kernel.Blocks.assertClose;
import static org.sparkgpt.kernel.Blocks.normal;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CachedAttentionTest {
  private static final Kernels PLAIN = new PlainKernels();
  private static final Kernels FAST = new OneDnnKernels(2);

  @AfterAll
  static void close() {
    FAST.close();
  }

  @Test
  void aQueryOfZeroTakesTheMeanOfAllValuesAndTheCacheGrows() {
    FloatBlock y = FloatBlock.allocate(1);
    FloatBlock cache = FloatBlock.allocate(6); // S = 3: keys, then values
    cache.put(0, 7, 0, 0, 10, 0, 0);
    FloatBlock qkv = FloatBlock.allocate(3);
    qkv.put(0, 0, 5, 20);

    PLAIN.cachedAttention(y, cache, qkv, 1, 1, 3, 1, 1);

    assertThat(y.get(0)).isCloseTo(15, within(1e-6f));
    assertThat(cache.toArray()).containsExactly(7, 5, 0, 10, 20, 0);
  }

  @Test
  void theLikelierKeyWeighsMoreByTheExponentOfItsScore() {
    FloatBlock y = FloatBlock.allocate(4);
    FloatBlock cache = FloatBlock.allocate(16); // S = 2, D = 4
    cache.put(8, 1, 1, 1, 1);
    FloatBlock qkv = FloatBlock.allocate(12);
    qkv.put(0, 2, 0, 0, 0, (float) Math.log(3), 0, 0, 0, 5, 5, 5, 5); // score 2 ln 3 / sqrt 4

    PLAIN.cachedAttention(y, cache, qkv, 1, 1, 2, 1, 4);

    assertThat(y.toArray())
        .containsExactly(new float[] {4, 4, 4, 4}, within(1e-6f)); // (1 · 1 + 3 · 5) / 4
  }

  /** Rows, at first and then one by one, until the cache is full. */
  private static FloatBlock inSteps(
      Kernels kernels, FloatBlock qkv, FloatBlock cache, int first, int time, int heads, int size) {
    int width = heads * size;
    FloatBlock y = FloatBlock.allocate((long) time * width, qkv.dtype());
    kernels.cachedAttention(y, cache, qkv, first, 0, time, heads, size);
    for (int t = first; t < time; t++) {
      kernels.cachedAttention(
          y.slice((long) t * width, width),
          cache,
          qkv.slice(3L * t * width, 3L * width),
          1,
          t,
          time,
          heads,
          size);
    }
    return y;
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1",
    "2,1,1,1",
    "7,1,3,1",
    "7,3,2,5",
    "64,63,1,8",
    "65,1,3,16",
    "129,64,2,7",
    "200,7,4,64"
  })
  void tokenByTokenIsTheAttentionOfTheWholeSequence(int time, int first, int heads, int size) {
    int width = heads * size;
    for (Dtype t : Dtype.values()) {
      FloatBlock qkv = normal(1, 3L * time * width, t);
      FloatBlock whole = FloatBlock.allocate((long) time * width, t);
      PLAIN.causalAttention(whole, qkv, 1, time, heads, size, Dropout.NONE);
      double tolerance = t == Dtype.F32 ? 1e-5 : 2e-2;
      FloatBlock plainCache = FloatBlock.allocate(2L * time * width);
      FloatBlock fastCache = FloatBlock.allocate(2L * time * width);

      FloatBlock plain = inSteps(PLAIN, qkv, plainCache, first, time, heads, size);
      FloatBlock fast = inSteps(FAST, qkv, fastCache, first, time, heads, size);

      assertClose(t + " plain", plain, whole, tolerance);
      assertClose(t + " oneDNN", fast, whole, tolerance);
      assertThat(fastCache.toArray()).as(t + " cache").isEqualTo(plainCache.toArray());
    }
  }

  @Test
  void severalTokensFollowTheCachedOnes() {
    int time = 70;
    int past = 60;
    int width = 12;
    for (Dtype t : Dtype.values()) {
      FloatBlock qkv = normal(1, 3L * time * width, t);
      FloatBlock whole = FloatBlock.allocate((long) time * width, t);
      PLAIN.causalAttention(whole, qkv, 1, time, 3, 4, Dropout.NONE);
      for (Kernels kernels : new Kernels[] {PLAIN, FAST}) {
        FloatBlock cache = FloatBlock.allocate(2L * 80 * width);
        FloatBlock y = FloatBlock.allocate((long) time * width, t);
        FloatBlock rest = y.slice((long) past * width, (long) (time - past) * width);
        kernels.cachedAttention(y, cache, qkv, past, 0, 80, 3, 4);
        FloatBlock next = qkv.slice(3L * past * width, 3L * (time - past) * width);
        kernels.cachedAttention(rest, cache, next, time - past, past, 80, 3, 4);
        assertClose(t + " rows", y, whole, t == Dtype.F32 ? 1e-5 : 2e-2);
      }
    }
  }

  @Test
  void whatAnEarlierSequenceLeftBehindIsNotSeen() {
    FloatBlock qkv = normal(1, 3 * 12);
    for (Kernels kernels : new Kernels[] {PLAIN, FAST}) {
      FloatBlock expected = FloatBlock.allocate(12);
      FloatBlock actual = FloatBlock.allocate(12);
      FloatBlock fresh = FloatBlock.allocate(2 * 9 * 12);
      FloatBlock used = normal(2, 2 * 9 * 12, 100);
      for (int past = 0; past < 3; past++) {
        kernels.cachedAttention(expected, fresh, qkv, 1, past, 9, 3, 4);
        kernels.cachedAttention(actual, used, qkv, 1, past, 9, 3, 4);
      }
      assertThat(actual.toArray()).isEqualTo(expected.toArray());
    }
  }

  @Test
  void moreTokensThanTheCacheHoldsAreAnError() {
    FloatBlock qkv = normal(1, 3 * 2 * 12);
    FloatBlock cache = FloatBlock.allocate(2 * 5 * 12);
    FloatBlock y = FloatBlock.allocate(2 * 12);
    for (Kernels kernels : new Kernels[] {PLAIN, FAST}) {
      assertThatThrownBy(() -> kernels.cachedAttention(y, cache, qkv, 2, 4, 5, 3, 4))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("6 tokens do not fit into a cache of 5");
    }
  }

  @Test
  void aRepeatedPassAllocatesNothingNative() {
    for (Dtype t : Dtype.values()) {
      FloatBlock qkv = normal(1, 3L * 70 * 16, t);
      FloatBlock cache = FloatBlock.allocate(2L * 70 * 16);
      inSteps(FAST, qkv, cache, 5, 70, 2, 8);
      FloatBlock y = FloatBlock.allocate(16, t);
      long bytes = Pointer.totalBytes();
      for (int past = 5; past < 70; past++) {
        FAST.cachedAttention(y, cache, qkv, 1, past, 70, 2, 8);
      }
      assertThat(Pointer.totalBytes()).as(t + " bytes").isEqualTo(bytes);
    }
  }
}
