package org.sparkgpt.clean;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkgpt.corpus.Verdict;

/** The rules of a run file. One per thread: it keeps scratch memory from document to document. */
public final class RuleSet {
  private final List<String> names;
  private final List<Rule> rules;
  private final Text text = new Text();

  /**
   * @param lists what the rules that have lists look for
   */
  public RuleSet(CleanConfig config, Blocklists lists) {
    names = config.rules();
    rules = Rules.of(config, lists);
  }

  /** All profiles by name, in the alphabet's order. */
  public static List<String> profiles() {
    return Rules.profiles();
  }

  /**
   * @param text as the rules left it that the document passed
   * @param verdict empty if the document is kept
   */
  public record Judged(String text, Optional<Verdict> verdict) {}

  /**
   * What a rule said.
   *
   * @param verdict empty if it has nothing against the document
   * @param text as the rule left it
   */
  public record Check(String rule, Optional<Verdict> verdict, String text) {}

  /**
   * Asks the rules in their order until one rejects the document. A rule that changes a text
   * changes it for those behind it.
   *
   * @param language ISO 639-3
   * @param url null if the document has none
   */
  public Judged judge(String characters, String language, String url) {
    text.read(characters, language, url);
    for (Rule rule : rules) {
      Optional<Verdict> verdict = rule.reject(text);
      if (verdict.isPresent()) {
        return new Judged(text.characters(), verdict);
      }
    }
    return new Judged(text.characters(), Optional.empty());
  }

  /** Asks all rules, for a look at a single document. */
  public List<Check> checks(String characters, String language, String url) {
    text.read(characters, language, url);
    List<Check> checks = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      checks.add(new Check(names.get(i), rules.get(i).reject(text), text.characters()));
    }
    return checks;
  }
}
