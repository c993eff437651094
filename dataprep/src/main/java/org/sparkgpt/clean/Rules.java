package org.sparkgpt.clean;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The rules that {@code clean.rules} can name. */
final class Rules {
  private static final Map<String, Function<CleanConfig, Rule>> KNOWN =
      new TreeMap<>(
          Map.of(
              GopherQuality.NAME, config -> new GopherQuality(config.gopherQuality()),
              GopherRepetition.NAME, config -> new GopherRepetition(config.gopherRepetition())));

  private Rules() {}

  static void requireKnown(String name) {
    if (!KNOWN.containsKey(name)) {
      throw new IllegalArgumentException(
          "clean.rules: unknown rule '" + name + "', known are " + KNOWN.keySet());
    }
  }

  static List<Rule> of(CleanConfig config) {
    return config.rules().stream().map(name -> KNOWN.get(name).apply(config)).toList();
  }
}
