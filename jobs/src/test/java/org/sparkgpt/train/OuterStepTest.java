package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class OuterStepTest {
  private static final Chunks ONE_CHUNK = new Chunks(4, 4);

  private static byte[] report(int worker, long tokens) {
    WorkerReport report = new WorkerReport(worker, tokens, 1, 1, 1, 0, -1, null);
    return Message.of(MessageKey.of(MessageKey.Kind.REPORT, 0, worker), report.toBytes());
  }

  private static long key(int worker) {
    return MessageKey.of(MessageKey.Kind.CHUNK, 0, worker);
  }

  private static byte[] message(int worker, float... values) {
    return Message.of(key(worker), values);
  }

  private static List<byte[]> step(OuterStep step, byte[] state, List<byte[]> messages) {
    List<byte[]> out = new ArrayList<>();
    step.call(List.of(state).iterator(), messages.iterator()).forEachRemaining(out::add);
    return out;
  }

  private static float[] parameters(List<byte[]> out, int workers, int count) {
    byte[] chunk = out.get(workers);
    assertThat(MessageKey.kind(Message.key(chunk))).isEqualTo(MessageKey.Kind.CHUNK);
    return Message.segment(chunk, 0, count);
  }

  @Test
  void workersCountByTheirTokens() {
    OuterStep step = new OuterStep(new Averaging(), ONE_CHUNK, 2, DeltaEncoding.FP32);

    List<byte[]> out =
        step(
            step,
            message(0, new float[4]),
            List.of(
                report(0, 100), report(1, 300), message(0, 0, 4, -8, 1), message(1, 4, 0, 8, 1)));

    assertThat(parameters(out, 2, 4)).containsExactly(3, 1, 4, 1);
    assertThat(out)
        .extracting(message -> MessageKey.kind(Message.key(message)))
        .containsExactly(
            MessageKey.Kind.REPORT,
            MessageKey.Kind.REPORT,
            MessageKey.Kind.CHUNK,
            MessageKey.Kind.NORM);
  }

  @Test
  void changesCountByTheirTokensAndAreAddedToTheOwnersParameters() {
    float[] before = {1, -1, 10, 0.25f};
    float[] first = {127, 0, -64, 1};
    float[] second = {-127, 4, 32, 1};
    OuterStep step = new OuterStep(new Averaging(), ONE_CHUNK, 2, DeltaEncoding.INT8);

    List<byte[]> out =
        step(
            step,
            message(0, before),
            List.of(
                report(0, 100),
                report(1, 300),
                DeltaEncoding.INT8.encode(key(0), first),
                DeltaEncoding.INT8.encode(key(1), second)));

    assertThat(parameters(out, 2, 4)).containsExactly(1 - 63.5f, -1 + 3, 10 + 8, 1.25f);
  }

  @Test
  void smallChangesAreNotLostBesideLargeParameters() {
    float[] before = {1e6f, 1, 1, 1};
    float[] tiny = {0.02f, 0, 0, 0}; // a third of what a float at 1e6 can tell apart
    OuterStep step = new OuterStep(new Averaging(), ONE_CHUNK, 4, DeltaEncoding.BF16);
    List<byte[]> messages = new ArrayList<>();
    for (int worker = 0; worker < 4; worker++) {
      messages.add(report(worker, worker == 0 ? 7 : 1));
    }
    for (int worker = 0; worker < 4; worker++) {
      float[] change = worker == 0 ? new float[] {0.0625f, 0, 0, 0} : tiny;
      messages.add(DeltaEncoding.BF16.encode(key(worker), change));
    }

    // 0.7 x 0.0625 + 0.3 x 0.02 = 0.0498, which rounds up to the next float, 0.0625 on
    assertThat(parameters(step(step, message(0, before), messages), 4, 4))
        .containsExactly(1e6f + 0.0625f, 1, 1, 1);
  }

  @Test
  void averagingPlainSgdStepsIsASgdStepOnTheMeanGradient() {
    // Everything is a small multiple of a power of two, so that no rounding hides a difference.
    float rate = 0.125f;
    float[] before = {1, -2, 0.5f, 3};
    float[][] gradients = {{4, -1, 2, 0}, {-2, 3, 6, 1}, {1, 1, -3, 5}, {9, 1, -1, 2}};
    List<byte[]> messages = new ArrayList<>();
    for (int worker = 0; worker < 4; worker++) {
      messages.add(report(worker, 64));
    }
    for (int worker = 0; worker < 4; worker++) {
      float[] after = before.clone();
      for (int i = 0; i < 4; i++) {
        after[i] -= rate * gradients[worker][i];
      }
      messages.add(message(worker, after));
    }
    OuterStep step = new OuterStep(new Averaging(), ONE_CHUNK, 4, DeltaEncoding.FP32);

    assertThat(parameters(step(step, message(0, before), messages), 4, 4))
        .containsExactly(1 - rate * 3, -2 - rate * 1, 0.5f - rate * 1, 3 - rate * 2);
  }

  @Test
  void aContributionThatIsMissingIsNotAveragedAway() {
    OuterStep step = new OuterStep(new Averaging(), ONE_CHUNK, 2, DeltaEncoding.FP32);
    byte[] chunk = message(0, new float[4]);

    assertThatThrownBy(() -> step(step, chunk, List.of(report(0, 1), report(1, 1), chunk)))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage("worker 1 sent no CHUNK 0");
    assertThatThrownBy(
            () -> step(step, chunk, List.of(report(0, 1), report(1, 1), message(1, new float[4]))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("expected CHUNK 0 of worker 0, got CHUNK 0 of worker 1");
  }

  @Test
  void theNormIsThatOfTheMeanChange() {
    OuterStep step = new OuterStep(new Averaging(), ONE_CHUNK, 1, DeltaEncoding.INT8);
    byte[] change = DeltaEncoding.INT8.encode(key(0), new float[] {127, 0, 1, 0});

    List<byte[]> out = step(step, message(0, 3, 3, 3, 3), List.of(report(0, 5), change));

    double squares = Message.body(out.get(2)).getDouble();
    assertThat(squares).isCloseTo(127 * 127 + 1, within(1e-9));
  }
}
