package org.sparkgpt.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.kernel.KernelChoice;

/** Training in bfloat16 against training in float32, on Shakespeare (the first 128 KB). */
class MixedPrecisionTest {
  private static final int B = 12;
  private static final int T = 64;
  private static final int STEPS = 200;
  private static final int VALIDATION = 16 * T * B; // the last characters
  private static final int[] TEXT = characters();

  @Test
  void bfloat16LearnsAsFloat32Does() {
    double f32 = validationLossAfterTraining(DtypeChoice.F32);
    double auto = validationLossAfterTraining(DtypeChoice.AUTO); // bfloat16 where it is fast

    assertThat(f32).as("has learnt something").isLessThan(2.7);
    assertThat(auto).isCloseTo(f32, within(0.01 * f32));
  }

  /** conf/shakespeare-char.yaml for its first steps, on other windows. */
  private static double validationLossAfterTraining(DtypeChoice dtype) {
    GptConfig config = new GptConfig(65, T, 4, 4, 128, 0, false, Gelu.ERF, null, dtype);
    AdamWConfig optimizer = new AdamWConfig(1e-3, 1e-4, 100, 0.9, 0.99, 1e-8, 0.1, 1);
    Execution execution = new Execution(B, KernelChoice.ONEDNN, 2, false);
    MultiLayerNetwork network = GptNetwork.create(config, optimizer, 2000, 1337, execution);
    assertThat(GptNetwork.gpt(network).dtype())
        .isEqualTo(dtype == DtypeChoice.F32 ? Dtype.F32 : dtype.resolve(KernelChoice.ONEDNN));
    TrainingStep step = new TrainingStep(network);
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < STEPS; i++) {
      int[] starts = random.ints(B, 0, TEXT.length - VALIDATION - T).toArray();
      step.run(windows(starts, 0), windows(starts, 1), B, T);
    }
    double sum = 0;
    int tokens = 0;
    for (int from = TEXT.length - VALIDATION; from + B * T < TEXT.length; from += B * T) {
      int[] starts = new int[B];
      for (int b = 0; b < B; b++) {
        starts[b] = from + b * T;
      }
      sum += GptNetwork.gpt(network).loss(windows(starts, 0), windows(starts, 1), B, T);
      tokens += B * T;
    }
    GptNetwork.decoder(network).close();
    return sum / tokens;
  }

  private static int[] windows(int[] starts, int shift) {
    int[] ids = new int[B * T];
    for (int b = 0; b < B; b++) {
      System.arraycopy(TEXT, starts[b] + shift, ids, b * T, T);
    }
    return ids;
  }

  /** Each character's place among those that occur. */
  private static int[] characters() {
    try (InputStream in = MixedPrecisionTest.class.getResourceAsStream("/text/shakespeare.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      int[] alphabet = text.chars().distinct().sorted().toArray();
      return text.chars().map(c -> Arrays.binarySearch(alphabet, c)).toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
