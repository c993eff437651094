package org.sparkgpt.quality;

import java.io.Serializable;
import java.util.List;

/**
 * A classifier of good against raw text, and which documents it keeps.
 *
 * @param positives documents of this run that are good: patterns of which one must match the whole
 *     of the source or of the URL, {@code *} for any characters. They are kept whatever their score
 * @param positiveTables directories of documents that are good, as a stage of another run wrote
 *     them; of them what was kept
 * @param negativeTables likewise of documents that are raw; empty: this run's documents that are
 *     not positives
 * @param examples most documents of a class to train with
 * @param model output of this stage in an earlier run, whose model is used; null: train one
 * @param select what is kept
 * @param minScore least score that {@link Selection#THRESHOLD} keeps
 */
public record QualityConfig(
    List<String> positives,
    List<String> positiveTables,
    List<String> negativeTables,
    int examples,
    String model,
    Selection select,
    double minScore)
    implements Serializable {
  public QualityConfig {
    positives = present("quality.positives", positives);
    positiveTables = present("quality.positiveTables", positiveTables);
    negativeTables = present("quality.negativeTables", negativeTables);
    if (examples < 1) {
      throw new IllegalArgumentException("quality.examples must be positive, got " + examples);
    }
    model = model == null || model.isBlank() ? null : model; // YAML without a value is either
    if (model != null && !(positiveTables.isEmpty() && negativeTables.isEmpty())) {
      throw new IllegalArgumentException(
          "quality.model is trained already: it goes without quality.positiveTables and"
              + " quality.negativeTables");
    }
    if (select == null) {
      throw new IllegalArgumentException("quality.select must be none, pareto or threshold");
    }
    if (!(minScore >= 0 && minScore <= 1)) {
      throw new IllegalArgumentException(
          "quality.minScore must be between 0 and 1, got " + minScore);
    }
  }

  /**
   * @throws IllegalArgumentException if there is neither a model nor anything to train one with
   */
  public void requireRunnable() {
    if (model == null && positives.isEmpty() && positiveTables.isEmpty()) {
      throw new IllegalArgumentException(
          "quality needs good text: name quality.positives (patterns over source and URL, such as"
              + " [\"*wikipedia*\"]), quality.positiveTables, or an earlier quality.model");
    }
  }

  private static List<String> present(String key, List<String> list) {
    if (list == null || list.stream().anyMatch(s -> s == null || s.isBlank())) {
      throw new IllegalArgumentException(
          key + " must be a list without empty entries, [] if there is nothing in it");
    }
    return List.copyOf(list);
  }
}
