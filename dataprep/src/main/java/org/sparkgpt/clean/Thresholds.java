package org.sparkgpt.clean;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.sparkgpt.corpus.Verdict;

/** The thresholds of one profile, by name, as a run file has them. */
final class Thresholds {
  private final String profile;
  private final Map<String, Double> values;
  private final Set<String> unread;

  Thresholds(String profile, Map<String, Double> values) {
    if (values == null) {
      throw new IllegalArgumentException(key(profile) + " must list the profile's thresholds");
    }
    this.profile = profile;
    this.values = values;
    this.unread = new TreeSet<>(values.keySet());
  }

  /** A value that a document may not be beyond; at the threshold it passes. */
  record Bound(String reason, double threshold, boolean atLeast) {
    Optional<Verdict> check(double value) {
      boolean crossed = atLeast ? value < threshold : value > threshold;
      return crossed ? Optional.of(new Verdict(reason, value, threshold)) : Optional.empty();
    }
  }

  /**
   * A lower bound.
   *
   * @param rule the part of the verdict's reason behind the profile's name
   */
  Bound atLeast(String rule, String name) {
    return new Bound(profile + "/" + rule, number(name), true);
  }

  Bound atMost(String rule, String name) {
    return new Bound(profile + "/" + rule, number(name), false);
  }

  Bound atLeastFraction(String rule, String name) {
    return new Bound(profile + "/" + rule, fraction(name), true);
  }

  Bound atMostFraction(String rule, String name) {
    return new Bound(profile + "/" + rule, fraction(name), false);
  }

  /** A value that is not negative. */
  double number(String name) {
    Double value = values.get(name);
    unread.remove(name);
    if (value == null || !(value >= 0)) {
      throw new IllegalArgumentException(
          key(profile) + "." + name + " must be a number that is not negative, got " + value);
    }
    return value;
  }

  private double fraction(String name) {
    double value = number(name);
    if (value > 1) {
      throw new IllegalArgumentException(
          key(profile) + "." + name + " must be between 0 and 1, got " + value);
    }
    return value;
  }

  /** A whole number, at least 1. */
  int count(String name) {
    double value = number(name);
    if (value < 1 || value != (int) value) {
      throw new IllegalArgumentException(
          key(profile) + "." + name + " must be a whole number, at least 1, got " + value);
    }
    return (int) value;
  }

  void requireOrdered(Bound low, Bound high, String lowName, String highName) {
    if (low.threshold() > high.threshold()) {
      throw new IllegalArgumentException(
          key(profile)
              + ": "
              + lowName
              + " must not exceed "
              + highName
              + ", got "
              + low.threshold()
              + " and "
              + high.threshold());
    }
  }

  /** Checks that the profile has asked for every value there is. */
  void requireAllRead() {
    if (!unread.isEmpty()) {
      throw new IllegalArgumentException(
          key(profile) + " has no thresholds " + unread + ", it has " + known());
    }
  }

  private Set<String> known() {
    Set<String> known = new TreeSet<>(values.keySet());
    known.removeAll(unread);
    return known;
  }

  static String key(String profile) {
    return "clean.thresholds." + profile;
  }
}
