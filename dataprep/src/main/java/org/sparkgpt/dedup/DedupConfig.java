package org.sparkgpt.dedup;

import java.io.Serializable;
import java.util.List;

/**
 * When two documents are duplicates: MinHash signatures of shingles, cut into LSH bands, find the
 * candidates, and the Jaccard similarity of the shingle sets decides.
 *
 * @param url whether of several versions of a page only the newest stays
 * @param profile where the MinHash settings come from that are null here
 * @param shingleLength units in a shingle, or null
 * @param bands LSH bands, or null
 * @param rowsPerBand MinHash values in a band, or null
 * @param verify whether candidates are compared; else all that share a band are merged
 * @param minJaccard least similarity of compared documents that are near-duplicates, or null
 * @param maxHubs documents of a bucket with which the others in it are compared
 * @param keep which of several duplicates stays
 * @param against dedup directories of earlier runs, whose documents are not taken again
 */
public record DedupConfig(
    boolean url,
    MinHashProfile profile,
    Integer shingleLength,
    Integer bands,
    Integer rowsPerBand,
    boolean verify,
    Double minJaccard,
    int maxHubs,
    Keep keep,
    List<String> against)
    implements Serializable {
  public DedupConfig {
    if (profile == null || keep == null) {
      throw new IllegalArgumentException("dedup.profile and dedup.keep must be set");
    }
    profile.minHash(shingleLength, bands, rowsPerBand); // checks them
    if (minJaccard != null && !(minJaccard > 0 && minJaccard <= 1)) {
      throw new IllegalArgumentException(
          "dedup.minJaccard must be above 0 and at most 1, got " + minJaccard);
    }
    MinHashConfig.positive("dedup.maxHubs", maxHubs);
    against = against == null ? List.of() : List.copyOf(against);
  }

  /** The profile's signatures with the changes. */
  public MinHashConfig minHash() {
    return profile.minHash(shingleLength, bands, rowsPerBand);
  }

  /** {@code minJaccard}, or the profile's. */
  public double threshold() {
    return minJaccard == null ? profile.minJaccard() : minJaccard;
  }
}
