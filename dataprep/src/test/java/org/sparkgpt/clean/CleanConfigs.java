package org.sparkgpt.clean;

import java.util.List;
import java.util.Map;

/** Configurations for tests: the published thresholds. */
final class CleanConfigs {
  private CleanConfigs() {}

  static CleanConfig english() {
    return of(List.of("eng"), List.of("gopher-repetition", "gopher-quality"));
  }

  static CleanConfig of(List<String> languages, List<String> rules) {
    return new CleanConfig(
        true, languages, 0.2, 600, ForeignParagraphs.KEEP, rules, quality(100_000), repetition());
  }

  static GopherQualityConfig quality(int maxWords) {
    return new GopherQualityConfig(
        50,
        maxWords,
        3,
        10,
        0.1,
        0.1,
        0.9,
        0.3,
        0.8,
        2,
        List.of("the", "be", "to", "of", "and", "that", "have", "with"));
  }

  static GopherRepetitionConfig repetition() {
    return new GopherRepetitionConfig(
        0.3,
        0.3,
        0.2,
        0.2,
        Map.of(2, 0.2, 3, 0.18, 4, 0.16),
        Map.of(5, 0.15, 6, 0.14, 7, 0.13, 8, 0.12, 9, 0.11, 10, 0.1));
  }
}
