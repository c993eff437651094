package org.sparkgpt.clean;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which documents are fit for training.
 *
 * @param repairText whether text that was read wrongly before is repaired: see {@link TextRepair}
 * @param languages ISO 639-3 codes to keep, such as {@code eng}; empty keeps every language and
 *     then {@code minLanguageConfidence} drops nothing either
 * @param minLanguageConfidence least probability, as the detector sees it, of the document's
 *     language. It grows with the length of what the detector reads: see {@link LanguageDetection}
 * @param languageCharacters how much of a document the detector reads, in UTF-16 units, unless
 *     languages mix: see {@link LanguageMix}
 * @param foreignParagraphs whether paragraphs in other languages than {@code languages} are removed
 *     from documents that have some in one of them
 * @param rules names of profiles and lists in the order they are asked; a rule left out is off
 * @param thresholds of the profiles in {@code rules}, by the profile's name and their own
 * @param blocklists files for the rules {@code blocked-words} and {@code blocked-urls}
 */
public record CleanConfig(
    boolean repairText,
    List<String> languages,
    double minLanguageConfidence,
    int languageCharacters,
    ForeignParagraphs foreignParagraphs,
    List<String> rules,
    Map<String, Map<String, Double>> thresholds,
    BlocklistConfig blocklists)
    implements Serializable {
  public CleanConfig {
    languages = present("clean.languages", languages);
    rules = present("clean.rules", rules);
    for (String language : languages) {
      if (!language.matches("[a-z]{3}")) {
        throw new IllegalArgumentException(
            "clean.languages must hold ISO 639-3 codes such as eng, got '" + language + "'");
      }
    }
    if (!(minLanguageConfidence >= 0 && minLanguageConfidence <= 1)) {
      throw new IllegalArgumentException(
          "clean.minLanguageConfidence must be between 0 and 1, got " + minLanguageConfidence);
    }
    if (languageCharacters < 1) {
      throw new IllegalArgumentException(
          "clean.languageCharacters must be positive, got " + languageCharacters);
    }
    if (foreignParagraphs == null) {
      throw new IllegalArgumentException("clean.foreignParagraphs must be keep or drop");
    }
    if (foreignParagraphs == ForeignParagraphs.DROP && languages.isEmpty()) {
      throw new IllegalArgumentException(
          "clean.foreignParagraphs=drop needs clean.languages: without them none is foreign");
    }
    requireKnown(rules);
    thresholds = ofProfiles(rules, thresholds);
    requireLists(rules, blocklists);
  }

  private static void requireKnown(List<String> rules) {
    Set<String> seen = new HashSet<>();
    for (String rule : rules) {
      if (!Rules.isKnown(rule)) {
        throw new IllegalArgumentException(
            "clean.rules: unknown rule '"
                + rule
                + "', known are the profiles "
                + Rules.profiles()
                + " and the lists "
                + Rules.lists());
      }
      if (!seen.add(rule)) {
        throw new IllegalArgumentException("clean.rules names '" + rule + "' twice");
      }
    }
  }

  /** Only those that count, so that no other one makes a finished stage stale. */
  private static Map<String, Map<String, Double>> ofProfiles(
      List<String> rules, Map<String, Map<String, Double>> thresholds) {
    Map<String, Map<String, Double>> used = new TreeMap<>();
    for (String rule : rules) {
      if (Rules.isProfile(rule)) {
        Map<String, Double> values = thresholds == null ? null : thresholds.get(rule);
        Rules.profile(rule, values);
        used.put(rule, new TreeMap<>(values));
      }
    }
    return used;
  }

  private static void requireLists(List<String> rules, BlocklistConfig blocklists) {
    if (blocklists == null) {
      throw new IllegalArgumentException("clean.blocklists must be given");
    }
    if (rules.contains(BlockedWords.NAME) && blocklists.words().isEmpty()) {
      throw new IllegalArgumentException(
          "clean.rules has blocked-words, but clean.blocklists.words names no file,"
              + " such as {eng: words.txt}");
    }
    if (rules.contains(BlockedUrls.NAME) && !blocklists.hasUrls()) {
      throw new IllegalArgumentException(
          "clean.rules has blocked-urls, but clean.blocklists names no file for it:"
              + " domains, urls or urlWords");
    }
  }

  /** Whether files are read that are not in these settings. */
  public boolean usesBlocklists() {
    return rules.contains(BlockedWords.NAME) || rules.contains(BlockedUrls.NAME);
  }

  /**
   * These settings with some of their rules only.
   *
   * @param some in {@code rules}
   */
  public CleanConfig withRules(List<String> some) {
    return new CleanConfig(
        repairText,
        languages,
        minLanguageConfidence,
        languageCharacters,
        foreignParagraphs,
        some,
        thresholds,
        blocklists);
  }

  private static List<String> present(String key, List<String> list) {
    if (list == null) {
      throw new IllegalArgumentException(key + " must be a list, [] if there is nothing in it");
    }
    return List.copyOf(list);
  }
}
