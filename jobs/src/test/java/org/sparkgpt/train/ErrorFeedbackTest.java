package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkgpt.kernel.FloatBlock;

class ErrorFeedbackTest {

  @ParameterizedTest
  @EnumSource(names = {"BF16", "INT8"})
  void messagesAndTheLastResidualAddUpToAllChanges(DeltaEncoding encoding) {
    int count = 1000;
    int rounds = 60;
    SplittableRandom random = new SplittableRandom(3);
    FloatBlock parameters = FloatBlock.allocate(count);
    ErrorFeedback feedback = new ErrorFeedback(count);
    double[] changed = new double[count];
    double[] sent = new double[count];
    float[] residual = new float[count];
    for (int round = 0; round < rounds; round++) {
      feedback.begin(parameters);
      feedback.restore(0, residual);
      for (int i = 0; i < count; i++) {
        float before = parameters.get(i);
        parameters.set(i, before + (float) (0.01 * random.nextGaussian()));
        changed[i] += (double) parameters.get(i) - before;
      }
      ErrorFeedback.Sent message = feedback.send(0, parameters, 0, count, encoding);
      float[] decoded = encoding.decode(message.message(), count);
      for (int i = 0; i < count; i++) {
        sent[i] += decoded[i];
      }
      residual = message.residual();
    }

    for (int i = 0; i < count; i++) {
      // two roundings of a number below 0.1 to float in each round
      assertThat(sent[i] + residual[i]).isCloseTo(changed[i], within(rounds * 2 * 0x1p-28));
      assertThat(Math.abs(residual[i])).as("a step of int8 at most").isLessThan(5e-4f);
    }
  }

  @Test
  void aChangeTooSmallForARoundIsSentWithLaterOnes() {
    FloatBlock parameters = FloatBlock.allocate(2);
    ErrorFeedback feedback = new ErrorFeedback(2);
    float[] residual = new float[2];
    float sent = 0;
    for (int round = 0; round < 4; round++) {
      feedback.begin(parameters);
      feedback.restore(0, residual);
      parameters.put(0, parameters.get(0) + 127, parameters.get(1) + 0.25f); // a step is about 1
      ErrorFeedback.Sent message = feedback.send(0, parameters, 0, 2, DeltaEncoding.INT8);
      residual = message.residual();
      float decoded = DeltaEncoding.INT8.decode(message.message(), 2)[1];
      assertThat(decoded).as("round " + round).isEqualTo(round == 2 ? 1 : 0);
      sent += decoded;
    }
    assertThat(sent + residual[1]).isEqualTo(1);
  }

  @Test
  void aRoundBeginsWithoutTheResidualOfAnotherWorker() {
    FloatBlock parameters = FloatBlock.allocate(3);
    ErrorFeedback feedback = new ErrorFeedback(3);
    feedback.begin(parameters);
    feedback.restore(1, new float[] {5, 6});
    assertThat(feedback.unsent(parameters, 0, 3)).containsExactly(0, 5, 6);

    feedback.begin(parameters);
    parameters.put(0, 1, 2, 3);

    assertThat(feedback.unsent(parameters, 1, 2)).containsExactly(2, 3);
  }

  @Test
  void aChangeThatIsNoFloatIsNotFinite() {
    FloatBlock parameters = FloatBlock.allocate(1);
    parameters.set(0, -3e38f);
    ErrorFeedback feedback = new ErrorFeedback(1);
    feedback.begin(parameters);
    parameters.set(0, 3e38f);

    assertThat(feedback.unsent(parameters, 0, 1)).containsExactly(Float.POSITIVE_INFINITY);
  }
}
