package org.sparkgpt.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Sgd;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.kernel.KernelChoice;

class TrainingStepTest {
  // Without biases: a key bias has the gradient 0, and Adam makes steps of its rounding errors.
  private static final GptConfig CONFIG =
      new GptConfig(13, 7, 2, 2, 8, 0.1, false, Gelu.TANH, 16, DtypeChoice.F32);
  private static final AdamWConfig OPTIMIZER =
      new AdamWConfig(1e-2, 1e-3, 5, 0.9, 0.95, 1e-6, 0.1, 0.5);
  private static final int B = 4;
  private static final int T = 5;
  private static final int STEPS = 20;

  @Test
  void stepsAreThoseOfDl4jInAnyOrder() {
    MultiLayerNetwork fitted = network(CONFIG, KernelChoice.PLAIN);
    MultiLayerNetwork fittedFirst = network(CONFIG, KernelChoice.PLAIN);
    MultiLayerNetwork fittedLast = network(CONFIG, KernelChoice.PLAIN);
    MultiLayerNetwork stepped = network(CONFIG, KernelChoice.PLAIN);
    for (int i = 0; i < STEPS; i++) {
      fit(fitted, i);
      step(stepped, i);
      if (i < STEPS / 2) {
        fit(fittedFirst, i);
        step(fittedLast, i);
      } else {
        step(fittedFirst, i);
        fit(fittedLast, i);
      }
      assertThat(GptNetwork.gradientNorm(fitted)).as("clipped").isGreaterThan(0.5);
    }

    for (MultiLayerNetwork other : List.of(fittedFirst, fittedLast, stepped)) {
      assertThat(other.getIterationCount()).isEqualTo(STEPS);
      assertThat(other.score()).isCloseTo(fitted.score(), within(1e-5));
      assertThat(GptNetwork.gradientNorm(other))
          .isCloseTo(GptNetwork.gradientNorm(fitted), within(1e-5));
      assertClose(GptNetwork.parameters(other), GptNetwork.parameters(fitted));
      FloatBlock moments = GptNetwork.updaterState(other);
      FloatBlock expected = GptNetwork.updaterState(fitted);
      long n = moments.length() / 2;
      assertClose(moments.slice(0, n), expected.slice(0, n));
      assertClose(moments.slice(n, n), expected.slice(n, n));
    }
  }

  @Test
  void runsOfParametersCoverTheVectorWithBiasesToo() {
    GptConfig config = new GptConfig(13, 7, 1, 2, 8, 0, true, Gelu.TANH, null, DtypeChoice.F32);
    MultiLayerNetwork fitted = network(config, KernelChoice.PLAIN);
    MultiLayerNetwork stepped = network(config, KernelChoice.PLAIN);

    fit(fitted, 0);
    step(stepped, 0);

    FloatBlock moments = GptNetwork.updaterState(stepped);
    assertClose(moments, GptNetwork.updaterState(fitted));
  }

  @Test
  void listenersSeeEveryStep() {
    MultiLayerNetwork network = network(CONFIG, KernelChoice.PLAIN);
    List<String> seen = new ArrayList<>();
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            seen.add(iteration + " " + Double.isFinite(model.score()));
          }
        });
    TrainingStep step = new TrainingStep(network);

    step.run(ids(0), ids(1), B, T);
    step.run(ids(1), ids(2), B, T);

    assertThat(seen).containsExactly("0 true", "1 true");
  }

  @Test
  void differentiateLeavesParametersAndCountAndDoesNotClip() {
    MultiLayerNetwork network = network(CONFIG, KernelChoice.PLAIN);
    float[] before = GptNetwork.parameters(network).toArray();

    double loss = new TrainingStep(network).differentiate(ids(0), ids(1), B, T);

    assertThat(loss).isEqualTo(network.score()).isPositive();
    assertThat(network.getIterationCount()).isZero();
    assertThat(GptNetwork.parameters(network).toArray()).containsExactly(before);
    FloatBlock gradients = FloatBlock.of(network.getFlattenedGradients());
    double norm = Math.sqrt(GptNetwork.gpt(network).kernels().sumOfSquares(gradients));
    assertThat(norm).isGreaterThan(0.5).isEqualTo(GptNetwork.gradientNorm(network));
  }

  @Test
  void roundedMatricesFollowEveryChangeOfTheParameters() {
    GptConfig config = new GptConfig(13, 7, 2, 2, 8, 0, false, Gelu.TANH, null, DtypeChoice.BF16);
    MultiLayerNetwork network = network(config, KernelChoice.PLAIN);
    MultiLayerNetwork expected = network(config, KernelChoice.PLAIN);
    TrainingStep kept = new TrainingStep(network);
    for (int i = 0; i < 6; i++) {
      if (i == 2) {
        fit(network, i);
        fit(expected, i);
        continue;
      }
      if (i == 4) {
        network.params().muli(1.5);
        expected.params().muli(1.5);
        kept.parametersChanged();
      }
      kept.run(ids(i), ids(i + 1), B, T);
      step(expected, i); // rounds all matrices at its beginning
    }
    assertThat(GptNetwork.parameters(network).toArray())
        .isEqualTo(GptNetwork.parameters(expected).toArray());
  }

  @Test
  void vectorsThatDl4jReplacesAreFollowed() {
    MultiLayerNetwork network = network(CONFIG, KernelChoice.PLAIN);
    TrainingStep step = new TrainingStep(network);
    step.run(ids(0), ids(1), B, T);
    MultiLayerNetwork other = network(CONFIG, KernelChoice.PLAIN);
    step(other, 0);

    network.initGradientsView();
    network.setUpdater(null);
    network.getUpdater().setStateViewArray(network, other.getUpdater().getStateViewArray(), false);
    step.run(ids(1), ids(2), B, T);
    step(other, 1);

    assertClose(GptNetwork.parameters(network), GptNetwork.parameters(other));
  }

  /** Counts of JavaCPP's allocations, and of this thread's on the heap. */
  @Test
  void aStepAllocatesNothingOutsideTheHeapAndLittleInIt() {
    GptConfig config = new GptConfig(131, 32, 2, 2, 32, 0, true, Gelu.TANH, null, DtypeChoice.F32);
    MultiLayerNetwork network = network(config, KernelChoice.ONEDNN);
    TrainingStep step = new TrainingStep(network);
    int[] ids = new SplittableRandom(3).ints(4 * 32, 0, 131).toArray();
    for (int i = 0; i < 20; i++) {
      step.run(ids, ids, 4, 32);
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    long outside = Pointer.totalBytes();
    long inside = threads.getThreadAllocatedBytes(id);
    for (int i = 0; i < 1000; i++) {
      step.run(ids, ids, 4, 32);
    }

    assertThat(threads.getThreadAllocatedBytes(id) - inside).isLessThan(1000 * 50_000L);
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(outside);
  }

  @Test
  void numbersThatAreNotFiniteStopWithStepAndParameterAndChangeNothing() {
    for (DtypeChoice dtype : List.of(DtypeChoice.F32, DtypeChoice.BF16)) {
      GptConfig config = new GptConfig(13, 7, 2, 2, 8, 0, true, Gelu.TANH, null, dtype);
      MultiLayerNetwork network = network(config, KernelChoice.PLAIN);
      TrainingStep step = new TrainingStep(network);
      step.run(ids(0), ids(1), B, T);
      network.getParam("0_h.1.mlp.c_fc.weight").putScalar(3, Float.NaN);
      step.parametersChanged();
      float[] before = GptNetwork.parameters(network).toArray();

      assertThatThrownBy(() -> step.run(ids(1), ids(2), B, T))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("iteration 1: loss NaN, gradient norm NaN")
          .hasMessageContaining("not finite: parameter h.1.mlp.c_fc.weight");
      assertThat(GptNetwork.parameters(network).toArray()).containsExactly(before);
      assertThat(network.getIterationCount()).isEqualTo(1);
    }
  }

  @Test
  void whatDoesNotFitIsNamed() {
    MultiLayerNetwork network = network(CONFIG, KernelChoice.PLAIN);
    TrainingStep step = new TrainingStep(network);

    assertThatThrownBy(() -> step.run(new int[7], new int[8], 2, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a batch of 2 x 4 needs 8 token ids and targets, got 7 and 8");
    assertThatThrownBy(() -> step.run(new int[8], new int[8], 1, 8))
        .hasMessage("sequences of 8 tokens; model.context allows 1 to 7");
    assertThatThrownBy(() -> step.run(new int[8], new int[8], 0, 8))
        .hasMessage("expected a batch of sequences, got 0 x 8");
    GptNetwork.decoder(network).layerConf().setIUpdater(new Sgd(1));
    assertThatThrownBy(() -> new TrainingStep(network))
        .hasMessageStartingWith("a TrainingStep needs the updater Adam, the network has Sgd");
  }

  private static MultiLayerNetwork network(GptConfig config, KernelChoice kernels) {
    return GptNetwork.create(config, OPTIMIZER, STEPS, 1, new Execution(3, kernels, 1, false));
  }

  private static void fit(MultiLayerNetwork network, int step) {
    network.fit(GptNetwork.batch(ids(step), ids(step + 1), B, T));
  }

  private static void step(MultiLayerNetwork network, int step) {
    new TrainingStep(network).run(ids(step), ids(step + 1), B, T);
  }

  private static int[] ids(long seed) {
    return new SplittableRandom(seed).ints((long) B * T, 0, 13).toArray();
  }

  /** Within 1e-6 of the largest. */
  private static void assertClose(FloatBlock actual, FloatBlock expected) {
    float largest = 0;
    for (float value : expected.toArray()) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(actual.toArray()).containsExactly(expected.toArray(), within(1e-6f * largest));
  }
}
