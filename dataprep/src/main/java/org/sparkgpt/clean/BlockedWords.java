package org.sparkgpt.clean;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.sparkgpt.corpus.Verdict;

/**
 * C4's rule of bad words: rejects a text that holds a word of its language's list, in lower case,
 * with no letter, digit or {@code _} before and behind it; in Chinese, Japanese and Thai, which
 * write no blanks, anywhere. Texts in languages without a list pass. The lists are the user's: see
 * {@link BlocklistConfig} for whom they hurt.
 */
final class BlockedWords implements Rule {
  static final String NAME = "blocked-words";

  private static final Set<String> WITHOUT_BLANKS = Set.of("zho", "cmn", "jpn", "tha");

  private final Blocklists lists;

  BlockedWords(Blocklists lists) {
    this.lists = lists;
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    WordAutomaton words = lists.words(text.language());
    boolean whole = !WITHOUT_BLANKS.contains(text.language());
    return words != null && words.occursIn(text.characters().toLowerCase(Locale.ROOT), whole)
        ? Optional.of(new Verdict(NAME + "/" + text.language()))
        : Optional.empty();
  }
}
