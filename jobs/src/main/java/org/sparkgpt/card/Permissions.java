package org.sparkgpt.card;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.sparkgpt.report.Table;
import org.sparkgpt.report.Table.Share;
import org.sparkgpt.report.Text;
import org.sparkgpt.scrape.Outcome;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;

/**
 * What hosts and pages allowed, and what the crawl did. Of the manifest's counts of URLs, each by
 * what came of it in the end; the frontier's own totals count visits, repeats and retries included.
 */
final class Permissions {
  private static final int LONGEST = 300;
  private static final String REASONS = "scrape/";

  private static final Map<Outcome, String> DECISIONS = new LinkedHashMap<>();

  static {
    DECISIONS.put(Outcome.ROBOTS, "not fetched: robots.txt forbids it");
    DECISIONS.put(
        Outcome.ROBOTS_UNREACHABLE,
        "not fetched: robots.txt could not be got, which forbids everything for the time being");
    DECISIONS.put(
        Outcome.CRAWL_DELAY, "not fetched: robots.txt asks for longer pauses than the run allows");
    DECISIONS.put(Outcome.NO_INDEX, "not kept: the page asks not to be indexed");
    DECISIONS.put(
        Outcome.OPT_OUT, "not kept: site or page reserves its use for text and data mining or AI");
  }

  private Permissions() {}

  static Section section(CorpusFacts facts) {
    Section section = new Section("Robots and opt-outs");
    if (facts.stage(StageName.SCRAPE).isEmpty()) {
      return section.say(
          "This run did not crawl. What robots.txt and the pages said was up to those who fetched"
              + " its inputs.");
    }
    StageManifest crawl = facts.stage(StageName.SCRAPE).get().manifest();
    long all = crawl.rowsIn();
    SortedMap<String, Long> others = new TreeMap<>(crawl.dropped());
    Table decisions = new Table("What robots.txt and pages decided", "decision", "URLs", "share");
    decisions.row("kept", crawl.rowsOut(), Share.of(crawl.rowsOut(), all));
    DECISIONS.forEach(
        (outcome, name) -> {
          Long removed = others.remove(REASONS + outcome);
          long urls = removed == null ? 0 : removed;
          decisions.row(name, urls, Share.of(urls, all));
        });
    Table failures = new Table("URLs without a page for other reasons", "reason", "URLs", "share");
    others.forEach(
        (reason, urls) ->
            failures.row(
                reason.replaceFirst("^" + REASONS, "").replace('-', ' '),
                urls,
                Share.of(urls, all)));
    return section
        .say("URLs that the crawl came to, each by what came of it in the end.")
        .table(decisions)
        .table(failures)
        .table(conduct(crawl.config().path("scrape")))
        .table(Figures.table("What the crawl counted besides", facts, StageName.SCRAPE));
  }

  private static Table conduct(JsonNode settings) {
    Table table = new Table("How the crawl behaved", "setting", "value");
    for (String key :
        new String[] {
          "userAgent", "respectAiOptOut", "optOutAgents", "delayMillis", "maxCrawlDelayMillis"
        }) {
      JsonNode value = settings.path(key);
      String text =
          value.isArray()
              ? StreamSupport.stream(value.spliterator(), false)
                  .map(JsonNode::asText)
                  .collect(Collectors.joining(", "))
              : value.asText();
      table.row("scrape." + key, Text.line(text, LONGEST));
    }
    return table;
  }
}
