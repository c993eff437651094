package org.sparkgpt.card;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.report.Page;

/**
 * What a corpus is, on one page: {@code data-card.html} and, with the same facts, {@code
 * data-card.md} in a run's directory. The same run gives the same card: nothing in it is of the
 * moment at which it is written.
 *
 * @param title names the run
 * @param tiles what to see first
 * @param sections all the rest
 */
public record DataCard(String title, List<Tile> tiles, List<Section> sections) {
  public static final String HTML = "data-card.html";
  public static final String MARKDOWN = "data-card.md";

  /** One number and what it counts. */
  record Tile(String number, String what) {}

  /**
   * Writes both files of a run's corpus, as far as it has got.
   *
   * @param spark opens the session if there are documents to read
   * @return both; nothing if no stage of the corpus has finished there
   */
  public static List<Path> write(FileSystem fs, Path run, Supplier<SparkSession> spark)
      throws IOException {
    FactFinding finding = new FactFinding(fs, run);
    if (!finding.hasCorpus()) {
      return List.of();
    }
    DataCard card = of(finding.gather(spark));
    Path html = new Path(run, HTML);
    Path markdown = new Path(run, MARKDOWN);
    Page.write(fs, html, HtmlCard.of(card));
    Page.write(fs, markdown, MarkdownCard.of(card));
    return List.of(html, markdown);
  }

  static DataCard of(CorpusFacts facts) {
    List<Section> sections = new ArrayList<>();
    sections.add(Provenance.origin(facts));
    sections.add(Survival.section(facts));
    sections.add(Contents.languages(facts));
    sections.add(Contents.lengths(facts));
    sections.add(Contents.sites(facts));
    sections.add(Treatment.duplicates(facts));
    sections.add(Contents.licences(facts));
    sections.add(Permissions.section(facts));
    sections.add(Treatment.quality(facts));
    sections.add(Treatment.passages(facts));
    sections.add(Treatment.contamination(facts));
    sections.add(Treatment.redactions(facts));
    sections.add(Contents.tokens(facts));
    sections.add(Provenance.work(facts));
    sections.add(Limits.section(facts));
    return new DataCard("Data card: " + facts.run(), tiles(facts), sections);
  }

  private static List<Tile> tiles(CorpusFacts facts) {
    List<Tile> tiles = new ArrayList<>();
    facts
        .last()
        .ifPresent(
            last -> {
              tiles.add(new Tile(number(last.kept().documents()), "documents"));
              tiles.add(new Tile(number(last.kept().characters()), "characters"));
            });
    facts
        .tokens()
        .ifPresent(
            tokens ->
                tiles.add(
                    new Tile(number(tokens.train().tokens() + tokens.val().tokens()), "tokens")));
    long languages =
        facts.languages().values().stream().filter(l -> l.kept().documents() > 0).count();
    if (languages > 0) {
      tiles.add(new Tile(number(languages), languages == 1 ? "language" : "languages"));
    }
    if (facts.sites().groups() > 0) {
      tiles.add(new Tile(number(facts.sites().groups()), "domains and files"));
    }
    Optional<Double> coreSeconds = Provenance.coreSeconds(facts);
    coreSeconds.ifPresent(
        seconds ->
            tiles.add(new Tile(String.format(Locale.ROOT, "%,.3f", seconds / 3600), "core-hours")));
    return tiles;
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
