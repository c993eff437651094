package org.sparkgpt.decontaminate;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Texts and settings of these tests. */
final class Texts {
  private Texts() {}

  /** GPT-3's values, without sets. */
  static final DecontaminateConfig GPT3 = config(Map.of());

  static DecontaminateConfig config(Map<String, EvaluationSet> sets) {
    return new DecontaminateConfig(sets, 8, 13, 200, 200, 10, 10);
  }

  /** Words {@code NAMEa NAMEb ...}, of which no two names have one in common. */
  static String words(String name, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> name + (char) ('a' + i / 26) + (char) ('a' + i % 26))
        .collect(Collectors.joining(" "));
  }

  /** Characters that are not of a word. */
  static String dots(int count) {
    return ".".repeat(count);
  }

  static Examples set(String name, String... examples) {
    Examples set = new Examples(name);
    set.startFile(new org.apache.hadoop.fs.Path(name));
    for (int i = 0; i < examples.length; i++) {
      set.add(examples[i], i + 1);
    }
    return set;
  }

  static NGramIndex index(int n, Examples... sets) {
    return NGramIndex.of(
        List.of(sets), IntStream.range(0, sets.length).map(i -> n).toArray(), 1 << 20);
  }
}
