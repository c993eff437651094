package org.sparkgpt.clean;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Checks that the rules' configurations share. */
final class Bounds {
  private Bounds() {}

  static void notNegative(String key, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(key + " must not be negative, got " + value);
    }
  }

  static void fraction(String key, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(key + " must be between 0 and 1, got " + value);
    }
  }

  static void ordered(String section, String low, double min, String high, double max) {
    if (!(min <= max)) {
      throw new IllegalArgumentException(
          section
              + "."
              + low
              + " must not exceed "
              + section
              + "."
              + high
              + ", got "
              + min
              + " and "
              + max);
    }
  }

  /** Fractions by length of n-gram, smallest first. */
  static Map<Integer, Double> byLength(String key, Map<Integer, Double> fractions) {
    if (fractions == null) {
      throw new IllegalArgumentException(key + " must map lengths to fractions, {} for none");
    }
    fractions.forEach(
        (words, fraction) -> {
          if (words < 2) {
            throw new IllegalArgumentException(
                key + ": an n-gram has at least 2 words, got " + words);
          }
          fraction(key + "." + words, fraction);
        });
    return Collections.unmodifiableMap(new TreeMap<>(fractions));
  }
}
