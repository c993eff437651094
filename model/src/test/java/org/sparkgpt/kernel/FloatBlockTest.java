package org.sparkgpt.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class FloatBlockTest {
  @Test
  void bytesAreLittleEndianAndLandWhereTheyShould() {
    FloatBlock block = Blocks.normal(1, 10);
    byte[] bytes = new byte[3 + 4 * Float.BYTES + 2];

    block.copyTo(5, 4, bytes, 3);

    ByteBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(3);
    for (int i = 5; i < 9; i++) {
      assertThat(floats.getFloat()).isEqualTo(block.get(i));
    }
    assertThat(bytes).startsWith(0, 0, 0).endsWith(0, 0);
  }

  @Test
  void bytesGoBackToWhereTheyCameFrom() {
    FloatBlock block = Blocks.normal(2, 10);
    float[] before = block.toArray();
    byte[] bytes = new byte[1 + 4 * Float.BYTES];
    block.copyTo(5, 4, bytes, 1);
    block.set(6, 7);

    block.copyFrom(5, 4, bytes, 1);

    assertThat(block.toArray()).isEqualTo(before);
  }

  @Test
  void bytesBeyondAnEndAreRefused() {
    FloatBlock block = Blocks.normal(3, 10);
    byte[] bytes = new byte[8 * Float.BYTES];

    assertThatThrownBy(() -> block.copyTo(5, 6, bytes, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> block.copyFrom(5, 6, bytes, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> block.copyTo(0, 8, bytes, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> block.copyFrom(0, 8, bytes, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> FloatBlock.allocate(10, Dtype.BF16).copyTo(0, 8, bytes, 0))
        .isInstanceOf(IllegalStateException.class);
  }
}
