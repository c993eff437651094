package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaEncodingTest {
  private static final int BLOCK = DeltaEncoding.BLOCK;

  private static String hex(DeltaEncoding encoding, float... values) {
    return HexFormat.of().formatHex(Message.payload(encoding.encode(7, values)));
  }

  private static float[] through(DeltaEncoding encoding, float... values) {
    byte[] message = encoding.encode(7, values);
    assertThat(Message.key(message)).isEqualTo(7);
    assertThat(message).hasSize(Message.HEADER + encoding.bytes(values.length));
    return encoding.decode(message, values.length);
  }

  private static float[] changes(int count) {
    SplittableRandom random = new SplittableRandom(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(-6, 0)));
    }
    return values;
  }

  @Test
  void fp32IsTheNumbersThemselves() {
    assertThat(hex(DeltaEncoding.FP32, 1, -2, 0.5f))
        .isEqualTo("0000803f" + "000000c0" + "0000003f");
    float[] values = changes(1000);
    assertThat(through(DeltaEncoding.FP32, values)).isEqualTo(values);
  }

  @Test
  void bf16RoundsToNearestAndTiesToEven() {
    // 1 + 2^-8 and 1 + 3 * 2^-8 lie halfway between neighbours
    assertThat(hex(DeltaEncoding.BF16, 1, -2, 0.5f, 1.00390625f, 1.01171875f))
        .isEqualTo("803f" + "00c0" + "003f" + "803f" + "823f");
  }

  @Test
  void int8IsAScaleForEachBlockAndThenASignedByteForEachElement() {
    // The largest is 127: the scale is 1. 0.5, 1.5 and -2.5 are ties.
    assertThat(hex(DeltaEncoding.INT8, 127, -127, 1, 0.5f, 1.5f, -2.5f))
        .isEqualTo("0000803f" + "7f" + "81" + "01" + "00" + "02" + "fe");
  }

  @Test
  void theLastBlockOfInt8MayBeShort() {
    float[] values = new float[BLOCK + 1];
    values[0] = 254; // scale 2
    values[BLOCK - 1] = -3;
    values[BLOCK] = 0.127f; // a block of its own
    byte[] message = Message.payload(DeltaEncoding.INT8.encode(7, values));

    assertThat(message).hasSize(2 * Float.BYTES + BLOCK + 1);
    assertThat(HexFormat.of().formatHex(message, 0, 8)).isEqualTo("00000040" + "6f12833a");
    assertThat(message[8]).isEqualTo((byte) 127);
    assertThat(message[8 + BLOCK - 1]).isEqualTo((byte) -2);
    assertThat(message[8 + BLOCK]).isEqualTo((byte) 127);
  }

  @ParameterizedTest
  @EnumSource
  void noElementsAreAnEmptyMessage(DeltaEncoding encoding) {
    assertThat(through(encoding)).isEmpty();
    assertThat(encoding.bytes(0)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, BLOCK - 1, BLOCK, BLOCK + 1, 1000, 3 * BLOCK})
  void errorsAreBounded(int count) {
    float[] values = changes(count);

    float[] halved = through(DeltaEncoding.BF16, values);
    float[] quantized = through(DeltaEncoding.INT8, values);

    for (int i = 0; i < count; i++) {
      // half a unit in the last of 8 significant bits
      assertThat((double) halved[i]).isCloseTo(values[i], within(Math.abs(values[i]) / 256.0));
      int block = i / BLOCK * BLOCK;
      double largest = 0;
      for (int j = block; j < Math.min(block + BLOCK, count); j++) {
        largest = Math.max(largest, Math.abs(values[j]));
      }
      double halfStep = largest / 127 / 2;
      assertThat((double) quantized[i]).isCloseTo(values[i], within(halfStep * (1 + 1e-4)));
    }
  }

  @Test
  void multiplesOfTheScaleAreExact() {
    float[] values = new float[255];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i - 127) * 0.0625f;
    }

    assertThat(through(DeltaEncoding.INT8, values)).isEqualTo(values);
  }

  @Test
  void anOutlierSpoilsItsOwnBlockOnly() {
    float[] values = new float[3 * BLOCK];
    Arrays.fill(values, 1e-3f);
    values[BLOCK + 5] = 1000;

    float[] decoded = through(DeltaEncoding.INT8, values);

    assertThat(decoded[BLOCK - 1]).isCloseTo(1e-3f, within(1e-9f));
    assertThat(decoded[BLOCK]).isZero();
    assertThat(decoded[BLOCK + 5]).isCloseTo(1000, within(1e-3f));
    assertThat(decoded[2 * BLOCK]).isCloseTo(1e-3f, within(1e-9f));
  }

  @ParameterizedTest
  @EnumSource
  void changesFromNothingToTheLargestStayFinite(DeltaEncoding encoding) {
    float large = DeltaEncoding.LARGEST;
    float small = 1e-38f;

    assertThat(through(encoding, large, -large, 1)[0] / large).isCloseTo(1, within(0.004f));
    assertThat(through(encoding, 0, 0)).containsExactly(0, 0);
    assertThat(through(encoding, small, -small)[0]).isBetween(0f, 1.01e-38f);
    assertThat(through(encoding, DeltaEncoding.SMALLEST)[0] / DeltaEncoding.SMALLEST)
        .isCloseTo(1, within(0.004f));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotFiniteDoesNotBecomeFinite(DeltaEncoding encoding) {
    float hidden = Float.intBitsToFloat(0x7f800001); // its upper half is that of infinity

    for (float wrong :
        new float[] {
          Float.NaN, hidden, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE * 2
        }) {
      float decoded = through(encoding, 1, wrong, 2)[1];
      assertThat(Float.isFinite(decoded)).as(encoding.yaml() + " of " + wrong).isFalse();
    }
    assertThat(through(encoding, hidden)).containsOnly(Float.NaN);
  }
}
