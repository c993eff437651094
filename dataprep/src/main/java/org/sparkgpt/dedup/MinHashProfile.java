package org.sparkgpt.dedup;

/** MinHash settings that others have published. */
public enum MinHashProfile {
  /** FineWeb (datatrove): five words of simplified text, 14 x 8. */
  FINEWEB(ShingleUnit.SIMPLE_WORD, 5, 14, 8, 0.75),

  /** The Stack (BigCode, text-dedup): five tokens, 25 x 10. */
  BIGCODE(ShingleUnit.TOKEN, 5, 25, 10, 0.7),

  /** NeMo Curator: 24 characters, 20 x 13. */
  NEMO(ShingleUnit.CHARACTER, 24, 20, 13, 0.8),

  /** RedPajama v2 for a similarity of 0.8: thirteen plain words, 9 x 13. */
  REDPAJAMA(ShingleUnit.PLAIN_WORD, 13, 9, 13, 0.8);

  private final ShingleUnit unit;
  private final int shingleLength;
  private final int bands;
  private final int rowsPerBand;
  private final double minJaccard;

  MinHashProfile(
      ShingleUnit unit, int shingleLength, int bands, int rowsPerBand, double minJaccard) {
    this.unit = unit;
    this.shingleLength = shingleLength;
    this.bands = bands;
    this.rowsPerBand = rowsPerBand;
    this.minJaccard = minJaccard;
  }

  /** The signatures of this profile, with single values changed where they are not null. */
  MinHashConfig minHash(Integer otherShingleLength, Integer otherBands, Integer otherRowsPerBand) {
    return new MinHashConfig(
        unit,
        otherShingleLength == null ? shingleLength : otherShingleLength,
        otherBands == null ? bands : otherBands,
        otherRowsPerBand == null ? rowsPerBand : otherRowsPerBand);
  }

  double minJaccard() {
    return minJaccard;
  }
}
