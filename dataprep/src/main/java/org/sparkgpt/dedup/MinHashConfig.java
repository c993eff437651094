package org.sparkgpt.dedup;

import java.io.Serializable;

/**
 * How signatures are made: signatures of different settings cannot be compared.
 *
 * @param unit what shingles are made of
 * @param shingleLength units in a shingle; a shorter document has no signature
 * @param bands LSH bands: two documents are candidates if they agree in all rows of one band
 * @param rowsPerBand MinHash values in a band
 */
public record MinHashConfig(ShingleUnit unit, int shingleLength, int bands, int rowsPerBand)
    implements Serializable {
  public MinHashConfig {
    positive("dedup.shingleLength", shingleLength);
    positive("dedup.bands", bands);
    positive("dedup.rowsPerBand", rowsPerBand);
  }

  /** Length of a signature. */
  public int hashes() {
    return bands * rowsPerBand;
  }

  /** Probability that two documents of this similarity become candidates: the S-curve. */
  public double candidateProbability(double jaccard) {
    return 1 - Math.pow(1 - Math.pow(jaccard, rowsPerBand), bands);
  }

  static void positive(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be positive, got " + value);
    }
  }
}
