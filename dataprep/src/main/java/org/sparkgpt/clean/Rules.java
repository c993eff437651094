package org.sparkgpt.clean;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The rules that {@code clean.rules} can name: profiles, called after their source, and lists. */
final class Rules {
  private static final Map<String, Function<Thresholds, Rule>> PROFILES =
      new TreeMap<>(
          Map.of(
              "gopher@datatrove", GopherDatatrove::new,
              "gopher@dolma", GopherDolma::new,
              "gopher@nemo", GopherNemo::new,
              "gopher-repetition@datatrove", RepetitionDatatrove::new,
              "gopher-repetition@dolma", RepetitionDolma::new,
              "gopher-repetition@redpajama", RepetitionRedPajama::new,
              "c4@code", t -> new C4("c4@code", t, false),
              "c4@paper", t -> new C4("c4@paper", t, true),
              "fineweb@code", t -> new FineWeb("fineweb@code", t),
              "fineweb@paper", t -> new FineWeb("fineweb@paper", t)));

  private static final Map<String, Function<Blocklists, Rule>> LISTS =
      new TreeMap<>(
          Map.of(BlockedWords.NAME, BlockedWords::new, BlockedUrls.NAME, BlockedUrls::new));

  private Rules() {}

  static List<String> profiles() {
    return List.copyOf(PROFILES.keySet());
  }

  static boolean isProfile(String name) {
    return PROFILES.containsKey(name);
  }

  static boolean isKnown(String name) {
    return isProfile(name) || LISTS.containsKey(name);
  }

  static List<String> lists() {
    return List.copyOf(LISTS.keySet());
  }

  /**
   * @throws IllegalArgumentException naming the threshold that is missing, unknown or out of range
   */
  static Rule profile(String name, Map<String, Double> values) {
    Thresholds thresholds = new Thresholds(name, values);
    Rule rule = PROFILES.get(name).apply(thresholds);
    thresholds.requireAllRead();
    return rule;
  }

  /** Fresh ones for one thread, in the order they are asked. */
  static List<Rule> of(CleanConfig config, Blocklists lists) {
    return config.rules().stream()
        .map(
            name ->
                isProfile(name)
                    ? profile(name, config.thresholds().get(name))
                    : LISTS.get(name).apply(lists))
        .toList();
  }
}
