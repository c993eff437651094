package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkgpt.train.DeltaEncoding;
import org.sparkgpt.train.Strategy;

class AveragingTableTest {
  private static AveragingResult result(
      String strategy, String deltas, int workers, int localSteps, long seed, double loss) {
    long bytes = workers * (deltas.equals("int8") ? 5_000 : 8_000);
    return new AveragingResult(
        "averaging", "", strategy, workers, localSteps, deltas, seed, 9, 9, loss, bytes, 1, 1);
  }

  @Test
  void meansOverSeedsAreComparedWithTheMeanOfAllSyncRuns() {
    AveragingTable table =
        new AveragingTable(
            List.of(
                result("sync", "fp32", 1, 1, 1, 1.9),
                result("sync", "fp32", 1, 1, 2, 2.1),
                result("sync", "fp32", 2, 1, 1, 1.8),
                result("sync", "fp32", 2, 1, 2, 2.2),
                result("diloco", "fp32", 2, 10, 1, 2.0),
                result("diloco", "fp32", 2, 10, 2, 2.02),
                result("diloco", "fp32", 2, 50, 1, 2.0),
                result("diloco", "fp32", 2, 50, 2, 2.1),
                result("diloco", "int8", 2, 50, 1, 1.98),
                result("diloco", "int8", 2, 50, 2, 2.0)));

    assertThat(table.markdown())
        .isEqualTo(
            """
            | strategy | deltas | workers | bytes a round | H = 1 | H = 10 | H = 50 |
            |---|---|---|---|---|---|---|
            | sync | fp32 | 1 | 8,000 | 2.0000 | | |
            | sync | fp32 | 2 | 16,000 | 2.0000 | | |
            | diloco | fp32 | 2 | 16,000 | | 2.0100 (+0.50 %) | 2.0500 (+2.50 %) |
            | diloco | int8 | 2 | 10,000 | | | 1.9900 (-0.50 %) |

            Validation loss, mean over seeds 1, 2; in brackets against the mean of all sync runs.
            """);
  }

  @Test
  void withoutSyncThereIsNothingToCompareWith() {
    AveragingTable table = new AveragingTable(List.of(result("average", "bf16", 4, 50, 7, 2.5)));

    assertThat(table.markdown())
        .contains("| average | bf16 | 4 | 32,000 | 2.5000 |\n")
        .endsWith("\nValidation loss, mean over seeds 7.\n");
  }

  @Test
  void everyCombinationIsTriedAndSyncOnceForEachNumberOfWorkers() {
    List<AveragingTrial> trials =
        AveragingTrial.all(
            List.of(Strategy.SYNC, Strategy.DILOCO),
            List.of(1, 2),
            List.of(10, 50),
            List.of(DeltaEncoding.FP32, DeltaEncoding.INT8),
            List.of(5L, 6L, 7L));

    assertThat(trials).hasSize(2 * 3 + 2 * 2 * 2 * 3).doesNotHaveDuplicates();
    assertThat(trials.get(0))
        .isEqualTo(new AveragingTrial(Strategy.SYNC, 1, 1, DeltaEncoding.FP32, 5));
    assertThat(trials.get(trials.size() - 1).overrides())
        .containsExactly(
            "seed=7",
            "train.strategy=diloco",
            "train.workers=2",
            "train.localSteps=50",
            "train.deltas=int8");
  }
}
