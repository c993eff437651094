package org.sparkgpt.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MinHashTest {
  private static final int UNION = 200;

  private final SplittableRandom random = new SplittableRandom(7);

  @Test
  void signatureAgreementEstimatesJaccard() {
    int pairs = 200;
    MinHashConfig config = MinHashProfile.FINEWEB.minHash(null, null, null);
    MinHash minHash = new MinHash(config, 42);
    for (double jaccard : new double[] {0.1, 0.5, 0.8, 0.95}) {
      long equal = 0;
      for (int p = 0; p < pairs; p++) {
        int[][] signatures = signatures(minHash, config, jaccard);
        for (int k = 0; k < config.hashes(); k++) {
          equal += signatures[0][k] == signatures[1][k] ? 1 : 0;
        }
      }
      double trials = (double) pairs * config.hashes();
      assertThat(equal / trials)
          .as("fraction of equal values at %s", jaccard)
          .isCloseTo(jaccard, within(4 * Math.sqrt(jaccard * (1 - jaccard) / trials)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void candidatesFollowTheSCurveWithinTwoPoints(MinHashProfile profile) {
    int pairs = 5_000; // 2 points are then about three standard errors
    MinHashConfig config = profile.minHash(null, null, null);
    MinHash minHash = new MinHash(config, 42);
    long[][] keys = new long[2][config.bands()];
    for (double jaccard : new double[] {0.5, 0.65, 0.75, 0.85, 0.95}) {
      int candidates = 0;
      for (int p = 0; p < pairs; p++) {
        int[][] signatures = signatures(minHash, config, jaccard);
        minHash.bandKeys(keys[0], signatures[0]);
        minHash.bandKeys(keys[1], signatures[1]);
        boolean shared = false;
        for (int b = 0; b < config.bands(); b++) {
          shared |= keys[0][b] == keys[1][b];
        }
        candidates += shared ? 1 : 0;
      }
      assertThat((double) candidates / pairs)
          .as("candidates at %s", jaccard)
          .isCloseTo(config.candidateProbability(jaccard), within(0.02));
    }
  }

  @Test
  void signaturesAndBandKeysNeverChange() {
    MinHashConfig config = new MinHashConfig(ShingleUnit.SIMPLE_WORD, 2, 2, 2);
    MinHash minHash = new MinHash(config, 42);
    int[] signature = new int[4];
    long[] keys = new long[2];
    String text = "Call me Ishmael. Some years ago -- never mind how long";
    assertThat(minHash.sign(signature, new Shingles(config), text)).isTrue();
    minHash.bandKeys(keys, signature);
    assertThat(signature).containsExactly(468476328, 129956937, 546895585, 607404399);
    assertThat(keys).containsExactly(-7347917978052097251L, -7917862746530675392L);
  }

  @Test
  void equalBandsAtOtherPlacesHaveOtherKeys() {
    MinHash minHash = new MinHash(new MinHashConfig(ShingleUnit.SIMPLE_WORD, 1, 2, 2), 1);
    long[] keys = new long[2];
    minHash.bandKeys(keys, new int[] {5, 6, 5, 6});
    assertThat(keys[0]).isNotEqualTo(keys[1]);
  }

  @Test
  void configurationsNameTheirKey() {
    assertThatThrownBy(() -> config(0, 0.75))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dedup.bands must be positive, got 0");
    assertThatThrownBy(() -> config(14, 75.0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dedup.minJaccard must be above 0 and at most 1, got 75.0");
    DedupConfig changed = config(30, null);
    assertThat(changed.minHash()).isEqualTo(new MinHashConfig(ShingleUnit.CHARACTER, 24, 30, 13));
    assertThat(changed.threshold()).isEqualTo(0.8);
  }

  private static DedupConfig config(Integer bands, Double minJaccard) {
    return new DedupConfig(
        true, MinHashProfile.NEMO, null, bands, null, true, minJaccard, 3, Keep.ID, List.of());
  }

  /** Signatures of two random sets whose similarity is exact. */
  private int[][] signatures(MinHash minHash, MinHashConfig config, double jaccard) {
    int common = (int) Math.round(jaccard * UNION);
    int own = (UNION - common) / 2;
    int[] all = random.ints(UNION).toArray(); // common, the first's own, the second's own
    int[][] signatures = new int[2][config.hashes()];
    int[] first = new int[common + own];
    System.arraycopy(all, 0, first, 0, common + own);
    minHash.sign(signatures[0], first, first.length);
    System.arraycopy(all, common + own, all, common, UNION - common - own);
    minHash.sign(signatures[1], all, UNION - own);
    return signatures;
  }
}
