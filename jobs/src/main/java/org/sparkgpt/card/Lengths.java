package org.sparkgpt.card;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The lengths of documents as a histogram that is exact below 32 and has 32 buckets in each octave
 * from there on: what it says of a length is at most 3.2 % off, whatever the order of the
 * documents.
 *
 * @param buckets in rising order, none of them empty
 */
record Lengths(List<Bucket> buckets) {
  static final Lengths NONE = new Lengths(List.of());

  private static final int STEPS_LOG2 = 5;
  private static final int STEPS = 1 << STEPS_LOG2;

  /**
   * @param characters of its documents together
   * @param shortest of its documents
   * @param longest of its documents
   */
  record Bucket(int index, long documents, long characters, long shortest, long longest) {}

  /** The bucket of a length. */
  static int bucket(long length) {
    if (length < STEPS) {
      return (int) length;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(length) - STEPS_LOG2;
    return (shift << STEPS_LOG2) + (int) (length >> shift); // the leading one adds STEPS
  }

  long documents() {
    return buckets.stream().mapToLong(Bucket::documents).sum();
  }

  long characters() {
    return buckets.stream().mapToLong(Bucket::characters).sum();
  }

  long mean() {
    return rounded(characters(), documents());
  }

  long shortest() {
    return buckets.get(0).shortest();
  }

  long longest() {
    return buckets.get(buckets.size() - 1).longest();
  }

  /**
   * The length that a share of the documents does not exceed: the mean of the bucket that has it.
   *
   * @param percent from 1 to 100
   */
  long quantile(int percent) {
    long rank = (documents() * percent + 99) / 100;
    for (Bucket bucket : buckets) {
      rank -= bucket.documents();
      if (rank <= 0) {
        return rounded(bucket.characters(), bucket.documents());
      }
    }
    throw new IllegalStateException("no documents");
  }

  /** Documents of each octave by its least length, a power of two, or 0 for the empty ones. */
  SortedMap<Long, Long> octaves() {
    SortedMap<Long, Long> octaves = new TreeMap<>();
    for (Bucket bucket : buckets) {
      octaves.merge(Long.highestOneBit(bucket.shortest()), bucket.documents(), Long::sum);
    }
    for (long from = octaves.firstKey(); from < octaves.lastKey(); from = Math.max(1, 2 * from)) {
      octaves.putIfAbsent(from, 0L);
    }
    return octaves;
  }

  private static long rounded(long sum, long count) {
    return (sum + count / 2) / count;
  }
}
