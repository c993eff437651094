package org.sparkgpt.clean;

import java.util.Optional;
import org.sparkgpt.clean.Thresholds.Bound;
import org.sparkgpt.corpus.Verdict;

/**
 * FineWeb's own quality filter (arXiv 2406.17557) as datatrove's {@code fineweb_quality_filter.py}
 * writes it; {@code fineweb@code} and {@code fineweb@paper} differ in the bound on characters in
 * repeated lines, .01 and .1. Lines stand between {@code \n}, blank ones left out; they are not
 * stripped, so one that ends with a blank ends with no mark. Of the 159 marks only {@code . ? !}
 * are ASCII, quotes are none. Parity ends at the words, by which line ends are divided: they come
 * from splitting at white space instead of spaCy's tokenizer.
 */
final class FineWeb implements Rule {
  private final String profile;
  private final Bound terminalLines;
  private final Bound shortLines;
  private final double shortLine;
  private final Bound repeatedCharacters;
  private final Bound newlines;
  private final Tally tally = new Tally();

  FineWeb(String profile, Thresholds t) {
    this.profile = profile;
    terminalLines = t.atLeastFraction("terminal-lines", "minTerminalLineFraction");
    shortLines = t.atMostFraction("short-lines", "maxShortLineFraction");
    shortLine = t.number("shortLineCharacters");
    repeatedCharacters =
        t.atMostFraction("repeated-characters", "maxRepeatedLineCharacterFraction");
    newlines = t.atMost("newlines", "maxNewlinesPerWord");
  }

  @Override
  public Optional<Verdict> reject(Text text) {
    Segments rows = text.rows();
    tally.clear(rows.count());
    int lines = 0;
    int terminal = 0;
    int brief = 0;
    long repeated = 0;
    for (int i = 0; i < rows.count(); i++) {
      if (text.isBlank(i)) {
        continue;
      }
      lines++;
      int last = text.characters().codePointBefore(rows.end(i));
      terminal += Characters.is(Characters.TERMINAL, last) ? 1 : 0;
      brief += rows.length(i) <= shortLine ? 1 : 0;
      repeated += tally.add(rows.hash(i), i) > 1 ? rows.length(i) : 0;
    }
    if (lines == 0) {
      return Optional.of(new Verdict(profile + "/empty"));
    }
    double briefFraction = (double) brief / lines;
    double repeatedFraction = (double) repeated / text.lengthOfRows();
    return terminalLines
        .check((double) terminal / lines)
        .or(() -> shortLines.check(briefFraction))
        .or(() -> repeatedCharacters.check(repeatedFraction))
        .or(() -> newlines.check((rows.count() - 1.0) / text.words().count()));
  }
}
