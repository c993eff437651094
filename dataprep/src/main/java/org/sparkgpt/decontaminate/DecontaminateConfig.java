package org.sparkgpt.decontaminate;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What is cut out of training documents because evaluation sets have it. The defaults are those of
 * Brown et al. 2020, appendix C. Characters are code points.
 *
 * @param sets evaluation sets by their names; may be empty until the stage runs
 * @param minNgram fewest words of an n-gram. A set's n is the 5th percentile of its examples'
 *     lengths in words, but at least this
 * @param maxNgram most words of an n-gram
 * @param windowCharacters cut on each side of a match
 * @param minPieceCharacters a shorter piece between cuts goes too
 * @param maxPieces a document that falls into more is dropped as a whole
 * @param maxDocuments an n-gram found in more documents is a common phrase and cuts nothing
 */
public record DecontaminateConfig(
    Map<String, EvaluationSet> sets,
    int minNgram,
    int maxNgram,
    int windowCharacters,
    int minPieceCharacters,
    int maxPieces,
    int maxDocuments)
    implements Serializable {

  /** They name files and are part of dotted keys. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

  private static final int LONGEST_NGRAM = 64;
  private static final int LONGEST_WINDOW = 1 << 20;

  public DecontaminateConfig {
    sets = sets == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(sets));
    sets.forEach(DecontaminateConfig::check);
    if (minNgram < 1 || maxNgram < minNgram || maxNgram > LONGEST_NGRAM) {
      throw new IllegalArgumentException(
          "decontaminate.minNgram and decontaminate.maxNgram must be between 1 and "
              + LONGEST_NGRAM
              + ", the first not above the second, got "
              + minNgram
              + " and "
              + maxNgram);
    }
    between("windowCharacters", windowCharacters, 0, LONGEST_WINDOW);
    between("minPieceCharacters", minPieceCharacters, 1, LONGEST_WINDOW);
    between("maxPieces", maxPieces, 1, Integer.MAX_VALUE);
    between("maxDocuments", maxDocuments, 1, Integer.MAX_VALUE);
  }

  /** Checks that there is something to look for. */
  public void requireSets() {
    if (sets.isEmpty()) {
      throw new IllegalArgumentException(
          "decontaminate.sets is empty: name the evaluation sets to look for, such as"
              + " decontaminate.sets.wikitext=wikitext-2/test.txt, or take decontaminate out of"
              + " 'stages'");
    }
  }

  private static void check(String name, EvaluationSet set) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "decontaminate.sets: a set's name has letters, digits, _ and - only, got '" + name + "'");
    }
    if (set == null) {
      throw new IllegalArgumentException(
          "decontaminate.sets." + name + ": give the path of the set's file");
    }
  }

  private static void between(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "decontaminate."
              + key
              + (most == Integer.MAX_VALUE
                  ? " must be at least " + least
                  : " must be between " + least + " and " + most)
              + ", got "
              + value);
    }
  }
}
