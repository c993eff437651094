package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.ParameterLayout;

class OuterOptimizerTest {
  @Test
  void nesterovIsPyTorchsForm() {
    NesterovOuter optimizer = new NesterovOuter(0.7, 0.9);
    byte[] state = Message.of(0, new float[] {1, -2});

    // d = (0.5, -1): u = d, theta = theta - 0.7 (d + 0.9 d)
    OuterOptimizer.Result first = optimizer.step(state, new double[] {0.5, -1});
    assertThat(Message.segment(first.state(), 0, 2)).containsExactly(0.335f, -0.67f);
    assertThat(Message.segment(first.state(), 1, 2)).containsExactly(0.5f, -1f);
    assertThat(first.squaredNorm()).isCloseTo(1.25, within(1e-12));

    // d = (0.335, 0.33): u = 0.9 u + d = (0.785, -0.57)
    OuterOptimizer.Result second = optimizer.step(first.state(), new double[] {0, -1});
    float[] theta = Message.segment(second.state(), 0, 2);
    assertThat(theta[0]).isCloseTo(0.335f - 0.7f * (0.335f + 0.9f * 0.785f), within(1e-6f));
    assertThat(theta[1]).isCloseTo(-0.67f - 0.7f * (0.33f + 0.9f * -0.57f), within(1e-6f));
  }

  @Test
  void withRateOneAndNoMomentumTheMeanComesOutToTheBit() {
    float[] before = {1, 1, -3e-3f, 1e30f, 0.1f, 0};
    float[] mean = {1e-20f, 0.3f, 7.77e-12f, -1, 0.1f, 1e-45f};
    double[] exact = new double[mean.length];
    for (int i = 0; i < mean.length; i++) {
      exact[i] = mean[i];
    }

    OuterOptimizer.Result result = new NesterovOuter(1, 0).step(Message.of(0, before), exact);

    assertThat(Message.segment(result.state(), 0, mean.length)).isEqualTo(mean);
  }

  @Test
  void averagingTakesTheMeanAndForgetsTheRest() {
    byte[] state = Message.of(0, new float[] {1, 2}, new float[] {9, 9});

    OuterOptimizer.Result result = new Averaging().step(state, new double[] {3, 4});

    assertThat(Message.segment(result.state(), 0, 2)).containsExactly(3, 4);
    assertThat(Message.payload(result.state())).hasSize(8);
  }

  @Test
  void shardedAdamWDecaysMatricesOnlyAndClips() {
    AdamWConfig config = new AdamWConfig(0.1, 0.1, 0, 0.9, 0.99, 1e-8, 0.5, 1);
    ParameterLayout layout = ParameterLayout.of(TinyRun.MODEL);
    Chunks chunks = new Chunks(layout.length(), Math.toIntExact(layout.length()));
    int matrix = Math.toIntExact(layout.get("wpe.weight").offset());
    int gain = Math.toIntExact(layout.get("h.0.ln_1.weight").offset());
    float[] theta = new float[chunks.size()];
    float[] gradient = new float[chunks.size()];
    java.util.Arrays.fill(theta, 1);
    gradient[matrix] = 4;
    gradient[gain] = -4;
    byte[] pending =
        Message.of(0, theta, new float[theta.length], new float[theta.length], gradient);

    byte[] stepped = new ShardedAdamW(chunks, TinyRun.MODEL, config, 0, 0.1, 0.25).step(pending);

    float[] after = Message.segment(stepped, 0, theta.length);
    assertThat(after[matrix]).isCloseTo(1 - 0.1f - 0.05f, within(1e-6f)); // first step: lr sign(g)
    assertThat(after[gain]).isCloseTo(1 + 0.1f, within(1e-6f));
    assertThat(after[matrix + 1]).isCloseTo(1 - 0.05f, within(1e-6f));
    assertThat(after[gain + 1]).isEqualTo(1);
    assertThat(Message.segment(stepped, 1, theta.length)[matrix]).isCloseTo(0.1f, within(1e-7f));
    assertThat(Message.segment(stepped, 2, theta.length)[matrix]).isCloseTo(0.01f, within(1e-7f));
  }
}
