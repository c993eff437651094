package org.sparkgpt.dedup;

import java.util.SplittableRandom;

/** Made-up documents, and copies of documents edited to a Jaccard similarity: for measurements. */
public final class PlantedDuplicates {
  private static final int VOCABULARY = 50_000;
  private static final int STEPS = 12;

  private final Shingles shingles;
  private final SplittableRandom random;

  public PlantedDuplicates(MinHashConfig config, long seed) {
    shingles = new Shingles(config);
    random = new SplittableRandom(seed);
  }

  /**
   * A copy with another end.
   *
   * @param jaccard its true similarity to the original
   */
  public record Copy(String text, double jaccard) {}

  /** A text of words with frequencies like a language's (Zipf), in lines. */
  public String document(int words) {
    StringBuilder text = new StringBuilder();
    for (int w = 1; w <= words; w++) {
      append(text, (int) Math.pow(VOCABULARY, random.nextDouble()));
      text.append(w % 90 == 0 ? ".\n\n" : w % 12 == 0 ? ",\n" : " ");
    }
    return text.toString();
  }

  /**
   * Replaces the text's end by other words so that the similarity comes close to {@code jaccard}.
   */
  public Copy edited(String text, double jaccard) {
    int[] original = shingles.distinct(text);
    StringBuilder other = new StringBuilder();
    while (other.length() < text.length()) {
      append(other, VOCABULARY + random.nextInt(1 << 20));
      other.append(' ');
    }
    int least = 0;
    int most = text.length();
    Copy best = new Copy(text, 1);
    for (int step = 0; step < STEPS; step++) {
      int replaced = (least + most) >>> 1;
      int kept = text.length() - replaced;
      String copy = text.substring(0, kept) + ' ' + other.substring(0, replaced);
      double similarity = Shingles.jaccard(original, shingles.distinct(copy));
      if (Math.abs(similarity - jaccard) < Math.abs(best.jaccard - jaccard)) {
        best = new Copy(copy, similarity);
      }
      if (similarity > jaccard) {
        least = replaced;
      } else {
        most = replaced;
      }
    }
    return best;
  }

  /** Whether two texts share an LSH bucket. */
  public static boolean areCandidates(long[] keys, long[] otherKeys) {
    for (int b = 0; b < keys.length; b++) {
      if (keys[b] == otherKeys[b]) {
        return true;
      }
    }
    return false;
  }

  /** The same word for the same rank; frequent ones are short. */
  private static void append(StringBuilder text, int rank) {
    SplittableRandom letters = new SplittableRandom(rank);
    int length = 2 + letters.nextInt(rank < 100 ? 3 : 9);
    for (int i = 0; i < length; i++) {
      text.append("etaoinshrdlucmfw".charAt(letters.nextInt(16)));
    }
  }
}
