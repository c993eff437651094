package org.sparkgpt.jobs;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.sparkgpt.clean.Blocklists;
import org.sparkgpt.clean.Cleaning;
import org.sparkgpt.clean.ForeignParagraphs;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.dedup.Deduplication;
import org.sparkgpt.ingest.Ingestion;
import org.sparkgpt.scrape.Crawl;
import org.sparkgpt.scrape.CrawlReport;
import org.sparkgpt.scrape.FrontierTotals;
import org.sparkgpt.scrape.Outcome;
import org.sparkgpt.stage.DocumentTable;
import org.sparkgpt.stage.Stage;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.stage.StageRunner;

/** The stages of a run that fetch, read and judge documents, wired. */
final class CorpusStages {
  private final RunConfig config;
  private final Path output;
  private final StageRunner runner;
  private final Supplier<SparkSession> spark;

  /**
   * @param spark opens the session when a stage has work to do
   */
  CorpusStages(RunConfig config, Path output, StageRunner runner, Supplier<SparkSession> spark) {
    this.config = config;
    this.output = output;
    this.runner = runner;
    this.spark = spark;
  }

  Stage stage(StageName name) throws IOException {
    return switch (name) {
      case SCRAPE -> scrape();
      case INGEST -> ingest();
      case CLEAN -> clean();
      case DEDUP -> dedup();
      default -> throw new IllegalArgumentException(name + " does not write documents");
    };
  }

  /** What the nearest earlier stage kept. */
  Dataset<Row> documentsBefore(StageName reader) {
    return DocumentTable.read(spark.get(), config.documentsBefore(reader).directory(output));
  }

  private Stage scrape() throws IOException {
    config.scrape().requireRunnable();
    Path directory = StageName.SCRAPE.directory(output);
    return new Stage(
        StageName.SCRAPE,
        Map.of("scrape", config.scrape(), "seed", config.seed()),
        Map.of("seeds", Crawl.seedsDigest(Sessions.hadoopConfiguration(), config.scrape())),
        Crawl.isDue(Sessions.hadoopConfiguration(), config.scrape(), directory),
        () -> Crawl.check(spark.get(), config.scrape()),
        warc -> {
          CrawlReport report = Crawl.run(spark.get(), config.scrape(), config.seed(), warc);
          FrontierTotals totals = report.totals();
          Map<String, Object> figures = new LinkedHashMap<>();
          figures.put("hosts", totals.hosts());
          figures.put("visits", totals.allVisits());
          figures.put("bytes", totals.bytes());
          figures.put("revisits", totals.revisits());
          figures.put("redirects", totals.visits(Outcome.REDIRECT));
          figures.put("opt-outs", totals.visits(Outcome.OPT_OUT));
          figures.put("robots.txt fetched", totals.robots());
          figures.put("links out of scope", totals.outOfScope());
          return new Stage.Outcome(report.urls(), report.kept(), report.dropped(), figures);
        });
  }

  private Stage ingest() throws IOException {
    if (config.stages().contains(StageName.SCRAPE)) {
      runner.require(StageName.SCRAPE);
    }
    return new Stage(
        StageName.INGEST,
        Map.of("ingest", config.ingest(), "extract", config.extract()),
        Map.of("files", Ingestion.fingerprint(Sessions.hadoopConfiguration(), config.ingest())),
        directory ->
            DocumentTable.write(
                Ingestion.read(spark.get(), config.ingest(), config.extract()),
                StageName.INGEST,
                directory));
  }

  private Stage clean() throws IOException {
    boolean drop = config.clean().foreignParagraphs() == ForeignParagraphs.DROP;
    return judging(
        StageName.CLEAN,
        Map.of("clean", config.clean()),
        config.clean().usesBlocklists()
            ? Map.of(
                "blocklists",
                Blocklists.read(Sessions.hadoopConfiguration(), config.clean()).digest())
            : Map.of(),
        documents -> Cleaning.annotate(documents, config.clean()),
        directory -> drop ? Map.of("removed paragraphs", removedParagraphs(directory)) : Map.of());
  }

  private long removedParagraphs(Path directory) {
    spark.get().sparkContext().setJobDescription("clean: count the paragraphs that were removed");
    Row sum =
        spark
            .get()
            .read()
            .parquet(directory.toString())
            .agg(functions.sum(Cleaning.REMOVED_PARAGRAPHS))
            .head();
    spark.get().sparkContext().setJobDescription(null);
    return sum.getLong(0);
  }

  private Stage dedup() throws IOException {
    return judging(
        StageName.DEDUP,
        Map.of("dedup", config.dedup(), "seed", config.seed()),
        Map.of(),
        documents -> Deduplication.annotate(documents, config.dedup(), config.seed()),
        directory -> Map.of());
  }

  /**
   * A stage that reads the documents before it and passes a verdict on each.
   *
   * @param further digests of what else it reads, by name
   */
  private Stage judging(
      StageName name,
      Map<String, Object> settings,
      Map<String, String> further,
      Judgement judgement,
      Figures figures)
      throws IOException {
    StageManifest before = runner.require(config.documentsBefore(name));
    Map<String, String> inputs = new TreeMap<>(further);
    inputs.put("documents", before.digest());
    return new Stage(
        name,
        settings,
        inputs,
        directory -> {
          Stage.Outcome outcome =
              DocumentTable.write(judgement.of(documentsBefore(name)), name, directory);
          if (outcome.rowsIn() != before.rowsOut()) {
            throw new IllegalStateException(
                name
                    + ": judged "
                    + outcome.rowsIn()
                    + " documents, but the stage before kept "
                    + before.rowsOut());
          }
          return new Stage.Outcome(
              outcome.rowsIn(), outcome.rowsOut(), outcome.dropped(), figures.of(directory));
        });
  }

  @FunctionalInterface
  private interface Judgement {
    Dataset<Row> of(Dataset<Row> documents);
  }

  /** What a stage's output is measured by, beside rows. */
  @FunctionalInterface
  private interface Figures {
    Map<String, Object> of(Path directory);
  }
}
