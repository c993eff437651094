package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.sparkgpt.kernel.FloatBlock;

class MessageTest {
  private static final long KEY = MessageKey.of(MessageKey.Kind.INNER, 300_000, 70_000);

  private static FloatBlock block(float... values) {
    FloatBlock block = FloatBlock.allocate(values.length);
    block.put(0, values);
    return block;
  }

  @Test
  void aMessageKeepsItsKeyAndItsSegments() {
    byte[] message = Message.of(KEY, new float[] {1, 2}, new float[] {3, 4});

    assertThat(message).hasSize(Message.HEADER + 4 * Float.BYTES);
    assertThat(Message.key(message)).isEqualTo(KEY);
    assertThat(MessageKey.kind(KEY)).isEqualTo(MessageKey.Kind.INNER);
    assertThat(MessageKey.chunk(KEY)).isEqualTo(300_000);
    assertThat(MessageKey.worker(KEY)).isEqualTo(70_000);
    assertThat(Message.segment(message, 0, 2)).containsExactly(1, 2);
    assertThat(Message.segment(message, 1, 2)).containsExactly(3, 4);
  }

  @Test
  void partsOfVectorsTravel() {
    byte[] message = Message.of(KEY, 1, 2, block(0, 1, 2, 3), block(4, 5, 6, 7));
    FloatBlock target = block(0, 0, 0, 0);

    Message.copySegment(message, 1, target, 2, 2);

    assertThat(message).isEqualTo(Message.of(KEY, new float[] {1, 2}, new float[] {5, 6}));
    assertThat(target.toArray()).containsExactly(0, 0, 5, 6);
  }

  @Test
  void segmentsThatAMessageLacksAreZeros() {
    byte[] message = Message.of(KEY, new float[] {1}); // fewer bytes than the key has

    assertThat(Message.segmentOrZeros(message, 0, 1)).containsExactly(1);
    assertThat(Message.segmentOrZeros(message, 1, 1)).containsExactly(0);
    assertThat(Message.segmentOrZeros(message, 2, 1)).containsExactly(0);
  }

  @Test
  void aPayloadIsWhatFollowsTheKey() {
    byte[] payload = {1, 2, 3};

    assertThat(Message.payload(Message.of(KEY, payload))).isEqualTo(payload);
    assertThat(Message.payload(Message.empty(KEY, 0))).isEmpty();
    assertThat(Message.body(Message.of(KEY, payload)).get(2)).isEqualTo((byte) 3);
  }
}
