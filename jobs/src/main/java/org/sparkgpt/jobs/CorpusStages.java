package org.sparkgpt.jobs;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
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
import org.sparkgpt.decontaminate.ContaminationTable;
import org.sparkgpt.decontaminate.Decontamination;
import org.sparkgpt.decontaminate.EvaluationSets;
import org.sparkgpt.decontaminate.Overlap;
import org.sparkgpt.dedup.Deduplicated;
import org.sparkgpt.dedup.Deduplication;
import org.sparkgpt.dedup.Earlier;
import org.sparkgpt.dedup.Signatures;
import org.sparkgpt.ingest.Ingestion;
import org.sparkgpt.passages.Passages;
import org.sparkgpt.redact.Redaction;
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
      case QUALITY -> quality();
      case DEDUP -> dedup();
      case PASSAGES -> passages();
      case DECONTAMINATE -> decontaminate();
      case REDACT -> redact();
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

  private Stage quality() throws IOException {
    QualityWork work = new QualityWork(config.quality(), config.seed(), spark);
    return judging(
        StageName.QUALITY,
        Map.of("quality", config.quality(), "seed", config.seed()),
        work.inputs(),
        work::judge,
        work::finish);
  }

  private Stage dedup() throws IOException {
    StageManifest before = runner.require(config.documentsBefore(StageName.DEDUP));
    Map<String, String> inputs = new LinkedHashMap<>();
    inputs.put("documents", before.digest());
    for (String run : config.dedup().against()) {
      inputs.put("against " + run, runner.requireIn(new Path(run), StageName.DEDUP).digest());
    }
    return new Stage(
        StageName.DEDUP,
        Map.of("dedup", config.dedup(), "seed", config.seed()),
        inputs,
        directory -> {
          try (Deduplicated found =
              Deduplication.find(
                  documentsBefore(StageName.DEDUP), earlier(), config.dedup(), config.seed())) {
            Stage.Outcome outcome = write(found.documents(), before, StageName.DEDUP, directory);
            Signatures.write(
                found.signatures(), config.dedup().minHash(), config.seed(), directory);
            return new Stage.Outcome(
                outcome.rowsIn(), outcome.rowsOut(), outcome.dropped(), found.figures());
          }
        });
  }

  /** What the runs kept that {@code dedup.against} names; null if it names none. */
  private Earlier earlier() {
    return config.dedup().against().stream()
        .map(Path::new)
        .map(
            directory ->
                new Earlier(
                    DocumentTable.read(spark.get(), directory),
                    Signatures.read(
                        spark.get(), config.dedup().minHash(), config.seed(), directory)))
        .reduce(Earlier::and)
        .orElse(null);
  }

  private Stage passages() throws IOException {
    return judging(
        StageName.PASSAGES,
        Map.of("passages", config.passages()),
        Map.of(),
        documents -> Passages.annotate(documents, config.passages()),
        directory ->
            Passages.figures(spark.get().read().parquet(directory.toString()), config.passages()));
  }

  private Stage decontaminate() throws IOException {
    StageName name = StageName.DECONTAMINATE;
    config.decontaminate().requireSets();
    StageManifest before = runner.require(config.documentsBefore(name));
    String sets = EvaluationSets.digest(Sessions.hadoopConfiguration(), config.decontaminate());
    return new Stage(
        name,
        Map.of("decontaminate", config.decontaminate()),
        Map.of("documents", before.digest(), "sets", sets),
        directory -> {
          Overlap overlap = Overlap.find(documentsBefore(name), config.decontaminate());
          Stage.Outcome outcome =
              write(
                  Decontamination.annotate(documentsBefore(name), overlap),
                  before,
                  name,
                  directory);
          ContaminationTable table =
              ContaminationTable.of(overlap, spark.get().read().parquet(directory.toString()));
          table.write(directory.getFileSystem(Sessions.hadoopConfiguration()), directory);
          return new Stage.Outcome(
              outcome.rowsIn(), outcome.rowsOut(), outcome.dropped(), table.figures());
        });
  }

  private Stage redact() throws IOException {
    return judging(
        StageName.REDACT,
        Map.of("redact", config.redact()),
        Map.of(),
        documents -> Redaction.annotate(documents, config.redact()),
        directory -> {
          spark.get().sparkContext().setJobDescription("redact: count what was replaced");
          Dataset<Row> redacted = spark.get().read().parquet(directory.toString());
          Map<String, Object> figures = Redaction.figures(redacted, config.redact());
          spark.get().sparkContext().setJobDescription(null);
          return figures;
        });
  }

  /**
   * A stage that reads the documents before it and passes a verdict on each.
   *
   * @param more inputs than those documents, by name
   */
  private Stage judging(
      StageName name,
      Map<String, Object> settings,
      Map<String, String> more,
      Judgement judgement,
      Figures figures)
      throws IOException {
    StageManifest before = runner.require(config.documentsBefore(name));
    Map<String, String> inputs = new LinkedHashMap<>(more);
    inputs.put("documents", before.digest());
    return new Stage(
        name,
        settings,
        inputs,
        directory -> {
          Stage.Outcome outcome =
              write(judgement.of(documentsBefore(name)), before, name, directory);
          return new Stage.Outcome(
              outcome.rowsIn(), outcome.rowsOut(), outcome.dropped(), figures.of(directory));
        });
  }

  private static Stage.Outcome write(
      Dataset<Row> judged, StageManifest before, StageName name, Path directory) {
    Stage.Outcome outcome = DocumentTable.write(judged, name, directory);
    if (outcome.rowsIn() != before.rowsOut()) {
      throw new IllegalStateException(
          name
              + ": judged "
              + outcome.rowsIn()
              + " documents, but the stage before kept "
              + before.rowsOut());
    }
    return outcome;
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
