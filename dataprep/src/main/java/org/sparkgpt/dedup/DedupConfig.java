package org.sparkgpt.dedup;

import java.io.Serializable;

/**
 * When two documents are duplicates: MinHash signatures of word shingles, cut into LSH bands, find
 * the candidates, and the Jaccard similarity of the shingle sets decides.
 *
 * @param shingleWords words in a shingle; shorter documents are compared as a whole only
 * @param bands LSH bands: two documents are candidates if they agree in all rows of one band
 * @param rowsPerBand MinHash values in a band
 * @param minJaccard least similarity of two documents that are near-duplicates
 */
public record DedupConfig(int shingleWords, int bands, int rowsPerBand, double minJaccard)
    implements Serializable {
  public DedupConfig {
    positive("dedup.shingleWords", shingleWords);
    positive("dedup.bands", bands);
    positive("dedup.rowsPerBand", rowsPerBand);
    if (!(minJaccard > 0 && minJaccard <= 1)) {
      throw new IllegalArgumentException(
          "dedup.minJaccard must be above 0 and at most 1, got " + minJaccard);
    }
  }

  /** Length of a signature. */
  public int hashes() {
    return bands * rowsPerBand;
  }

  /** Probability that two documents of this similarity become candidates. */
  public double candidateProbability(double jaccard) {
    return 1 - Math.pow(1 - Math.pow(jaccard, rowsPerBand), bands);
  }

  private static void positive(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be positive, got " + value);
    }
  }
}
