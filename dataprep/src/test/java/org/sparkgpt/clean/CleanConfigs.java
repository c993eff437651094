package org.sparkgpt.clean;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Configurations for tests: the published thresholds. */
final class CleanConfigs {
  static final List<String> GOPHER = List.of("gopher-repetition@datatrove", "gopher@datatrove");
  static final BlocklistConfig NO_LISTS = new BlocklistConfig(Map.of(), null, null, null);

  private CleanConfigs() {}

  static CleanConfig english() {
    return of(List.of("eng"), GOPHER);
  }

  static CleanConfig of(List<String> languages, List<String> rules) {
    return of(languages, rules, thresholds(), NO_LISTS);
  }

  static CleanConfig of(
      List<String> languages,
      List<String> rules,
      Map<String, Map<String, Double>> thresholds,
      BlocklistConfig lists) {
    return new CleanConfig(
        true, languages, 0.2, 600, ForeignParagraphs.KEEP, rules, thresholds, lists);
  }

  static Map<String, Map<String, Double>> thresholds() {
    Map<String, Map<String, Double>> all = new TreeMap<>();
    for (String source : List.of("datatrove", "dolma", "nemo")) {
      all.put("gopher@" + source, gopher(source));
      all.put("gopher-repetition@" + source, repetition(source));
    }
    all.remove("gopher-repetition@nemo");
    all.put("gopher-repetition@redpajama", repetition("redpajama"));
    all.put("c4@code", Map.of("minLineWords", 5.0, "minSentences", 3.0, "maxWordLength", 1000.0));
    all.put("c4@paper", Map.of("minLineWords", 3.0, "minSentences", 5.0, "maxWordLength", 1000.0));
    all.put("fineweb@code", fineWeb(0.01));
    all.put("fineweb@paper", fineWeb(0.1));
    return all;
  }

  /** The thresholds of a profile with some changed. */
  static Map<String, Double> thresholds(String profile, Map<String, Double> changed) {
    Map<String, Double> values = new HashMap<>(thresholds().get(profile));
    values.putAll(changed);
    return values;
  }

  private static Map<String, Double> gopher(String source) {
    String length = source.equals("dolma") ? "MedianWordLength" : "MeanWordLength";
    Map<String, Double> values =
        new HashMap<>(
            Map.of(
                "minWords",
                50.0,
                "maxWords",
                100_000.0,
                "min" + length,
                3.0,
                "max" + length,
                10.0,
                "maxBulletLineFraction",
                0.9,
                "maxEllipsisLineFraction",
                0.3,
                "minLetterWordFraction",
                0.8,
                "minStopWords",
                2.0));
    values.putAll(
        source.equals("datatrove")
            ? Map.of("maxHashesPerWord", 0.1, "maxEllipsesPerWord", 0.1)
            : Map.of("maxSymbolWordFraction", 0.1));
    return values;
  }

  private static Map<String, Double> repetition(String source) {
    double[] bounds = {0.2, 0.18, 0.16, 0.15, 0.14, 0.13, 0.12, 0.11, 0.1};
    Map<String, Double> values = new HashMap<>();
    for (int n = 2; n <= 10; n++) {
      String kind = n <= 4 ? "maxTop" : "maxDuplicate";
      values.put(kind + n + "GramCharacterFraction", bounds[n - 2]);
    }
    if (!source.equals("redpajama")) {
      values.put("maxDuplicateLineFraction", 0.3);
      values.put("maxDuplicateLineCharacterFraction", source.equals("dolma") ? 0.3 : 0.2);
    }
    if (source.equals("datatrove")) {
      values.put("maxDuplicateParagraphFraction", 0.3);
      values.put("maxDuplicateParagraphCharacterFraction", 0.2);
    }
    return values;
  }

  private static Map<String, Double> fineWeb(double repeated) {
    return Map.of(
        "minTerminalLineFraction", 0.12,
        "maxShortLineFraction", 0.67,
        "shortLineCharacters", 30.0,
        "maxRepeatedLineCharacterFraction", repeated,
        "maxNewlinesPerWord", 0.3);
  }
}
