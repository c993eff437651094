package org.sparkgpt.jobs;

import java.io.IOException;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.sparkgpt.clean.Blocklists;
import org.sparkgpt.clean.CleanConfig;
import org.sparkgpt.clean.Cleaned;
import org.sparkgpt.clean.Cleaning;
import org.sparkgpt.clean.RuleSet;
import org.sparkgpt.corpus.Document;

/**
 * Cleans a document again and says what was repaired, which languages it has and what each rule
 * says.
 */
final class CleanAgain {
  private final Configuration hadoop;
  private final CleanConfig config;
  private final Shown shown;

  CleanAgain(Configuration hadoop, CleanConfig config, Shown shown) {
    this.hadoop = hadoop;
    this.config = config;
    this.shown = shown;
  }

  /**
   * @param document as it was ingested
   */
  void print(Document document) throws IOException {
    Cleaned cleaned = Cleaning.clean(document.text(), config);
    String fixes = cleaned.fixes().isEmpty() ? "nothing to do" : String.join(", ", cleaned.fixes());
    shown.line("repairs", config.repairText() ? fixes : "off");
    shown.line("language", languages(cleaned));
    if (cleaned.removedParagraphs() > 0) {
      shown.line(
          "foreign paragraphs",
          String.format(Locale.ROOT, "%,d removed", cleaned.removedParagraphs()));
    }
    shown.change("repaired and normalised", document.text(), cleaned.text(), true);
    String before = cleaned.text();
    Blocklists lists = Blocklists.read(hadoop, config);
    for (RuleSet.Check check : Cleaning.checks(cleaned, document.url(), config, lists)) {
      shown.row(check.rule(), check.verdict().map(Shown::verdict).orElse("passed"));
      if (!check.text().equals(before)) {
        shown.change("text as " + check.rule() + " leaves it", before, check.text(), true);
        before = check.text();
      }
    }
  }

  private static String languages(Cleaned cleaned) {
    return String.format(
        Locale.ROOT,
        "%s, confidence %.3f; %s",
        cleaned.language(),
        cleaned.confidence(),
        cleaned.shares().stream()
            .map(s -> String.format(Locale.ROOT, "%s %.1f %%", s.language(), 100 * s.share()))
            .collect(Collectors.joining(", ")));
  }
}
