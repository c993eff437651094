package org.sparkgpt.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MinHashTest {
  private static final DedupConfig SINGLE_WORDS = new DedupConfig(1, 14, 8, 0.75);
  private static final int UNION = 200;

  private final SplittableRandom random = new SplittableRandom(7);

  @Test
  void signatureAgreementEstimatesJaccard() {
    int pairs = 200;
    for (double jaccard : new double[] {0.1, 0.5, 0.8, 0.95}) {
      long equal = 0;
      for (int p = 0; p < pairs; p++) {
        int[][] signatures = signatures(jaccard);
        for (int k = 0; k < SINGLE_WORDS.hashes(); k++) {
          equal += signatures[0][k] == signatures[1][k] ? 1 : 0;
        }
      }
      double trials = (double) pairs * SINGLE_WORDS.hashes();
      assertThat(equal / trials)
          .as("fraction of equal values at %s", jaccard)
          .isCloseTo(jaccard, within(4 * Math.sqrt(jaccard * (1 - jaccard) / trials)));
    }
  }

  @Test
  void candidatesFollowTheSCurve() {
    int pairs = 2000;
    for (double jaccard : new double[] {0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95}) {
      int candidates = 0;
      for (int p = 0; p < pairs; p++) {
        candidates += shareABand(signatures(jaccard)) ? 1 : 0;
      }
      double expected = SINGLE_WORDS.candidateProbability(jaccard);
      assertThat((double) candidates / pairs)
          .as("candidates at %s", jaccard)
          .isCloseTo(
              expected, within(4 * Math.sqrt(expected * (1 - expected) / pairs) + 1.0 / pairs));
    }
  }

  @Test
  void signaturesAndBandKeysNeverChange() {
    DedupConfig config = new DedupConfig(2, 2, 2, 0.75);
    MinHash minHash = new MinHash(config, 42);
    int[] signature = new int[4];
    long[] keys = new long[2];
    minHash.sign(signature, read(2, "Call me Ishmael. Some years ago -- never mind how long"));
    minHash.bandKeys(keys, signature);
    assertThat(signature).containsExactly(-1881675395, -1212608942, -2083701326, -2071091975);
    assertThat(keys).containsExactly(2095184664641214201L, -2209617062720035225L);
  }

  @Test
  void equalBandsAtOtherPlacesHaveOtherKeys() {
    MinHash minHash = new MinHash(new DedupConfig(1, 2, 2, 0.75), 1);
    long[] keys = new long[2];
    minHash.bandKeys(keys, new int[] {5, 6, 5, 6});
    assertThat(keys[0]).isNotEqualTo(keys[1]);
  }

  @Test
  void configurationsNameTheirKey() {
    assertThatThrownBy(() -> new DedupConfig(5, 0, 8, 0.75))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dedup.bands must be positive, got 0");
    assertThatThrownBy(() -> new DedupConfig(5, 14, 8, 75))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dedup.minJaccard must be above 0 and at most 1, got 75.0");
  }

  /** Signatures of two random sets of words whose similarity is exact. */
  private int[][] signatures(double jaccard) {
    int common = (int) Math.round(jaccard * UNION);
    StringBuilder shared = new StringBuilder();
    words(shared, common);
    int own = (UNION - common) / 2;
    MinHash minHash = new MinHash(SINGLE_WORDS, 42);
    int[][] signatures = new int[2][SINGLE_WORDS.hashes()];
    for (int[] signature : signatures) {
      StringBuilder text = new StringBuilder(shared);
      words(text, signature == signatures[0] ? own : UNION - common - own);
      minHash.sign(signature, read(1, text.toString()));
    }
    return signatures;
  }

  private void words(StringBuilder text, int count) {
    for (int i = 0; i < count; i++) {
      for (long bits = random.nextLong(); bits != 0; bits >>>= 4) {
        text.append((char) ('a' + (bits & 15)));
      }
      text.append(' ');
    }
  }

  private static boolean shareABand(int[][] signatures) {
    int rows = SINGLE_WORDS.rowsPerBand();
    for (int start = 0; start < SINGLE_WORDS.hashes(); start += rows) {
      if (Arrays.equals(signatures[0], start, start + rows, signatures[1], start, start + rows)) {
        return true;
      }
    }
    return false;
  }

  private static Shingles read(int shingleWords, String text) {
    Shingles shingles = new Shingles(shingleWords);
    shingles.read(text);
    return shingles;
  }
}
