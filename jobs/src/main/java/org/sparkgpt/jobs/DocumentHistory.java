package org.sparkgpt.jobs;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.clean.Blocklists;
import org.sparkgpt.clean.CleanConfig;
import org.sparkgpt.clean.Cleaned;
import org.sparkgpt.clean.Cleaning;
import org.sparkgpt.clean.RuleSet;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Metadata;
import org.sparkgpt.corpus.Verdict;
import org.sparkgpt.dedup.Deduplication;
import org.sparkgpt.extract.ExtractConfig;
import org.sparkgpt.ingest.IngestConfig;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.tokenize.TokenShards;
import org.sparkgpt.tokenize.TokenizeConfig;

/** Says what each step of a run did to one document: before, after and why. */
final class DocumentHistory {
  private static final int FIRST_CHARACTERS = 300;

  private final SparkSession spark;
  private final FileSystem fs;
  private final Path run;
  private final boolean full;
  private final PrintWriter out;

  /**
   * @param full whether texts are shown as a whole
   */
  DocumentHistory(SparkSession spark, FileSystem fs, Path run, boolean full, PrintWriter out) {
    this.spark = spark;
    this.fs = fs;
    this.run = run;
    this.full = full;
    this.out = out;
  }

  /**
   * @param name the document's id, url or source
   * @throws IllegalArgumentException if the run has no such document
   */
  void print(String name) throws IOException {
    StageManifest ingest = manifest(StageName.INGEST).orElseThrow(this::noDocuments);
    Dataset<Row> documents = table(StageName.INGEST);
    Column named =
        col(Document.ID)
            .equalTo(name)
            .or(col(Document.URL).equalTo(name))
            .or(col(Document.SOURCE).equalTo(name));
    spark.sparkContext().setJobDescription("inspect: find the document");
    List<Row> found = documents.where(named).orderBy(Document.SOURCE).limit(3).collectAsList();
    if (found.isEmpty()) {
      throw unknown(name, documents);
    }
    if (found.size() > 1) {
      out.println("several documents are called so; the first by source is shown");
    }
    Row row = found.get(0);
    Document document = Document.fromRow(row);
    out.printf("%-14s%s%n", "id", document.id());
    out.printf("%-14s%s%n", "source", document.source());
    out.printf("%-14s%s%n", "url", document.url() == null ? "none" : document.url());
    read(document, row, ingest);
    metadata(document.metadata());
    boolean alive = row.isNullAt(row.fieldIndex(Verdict.REASON));
    if (alive) {
      shown("text as read", document.text());
      alive = clean(document) && deduplicated(document);
    }
    tokens(document, alive);
    out.flush();
  }

  private IllegalArgumentException noDocuments() {
    return new IllegalArgumentException(
        run + ": no finished stage ingest; --document looks into the directory of a run");
  }

  private IllegalArgumentException unknown(String name, Dataset<Row> documents) {
    Column like =
        col(Document.ID)
            .startsWith(name)
            .or(col(Document.URL).contains(name))
            .or(col(Document.SOURCE).contains(name));
    List<Row> near = documents.where(like).orderBy(Document.SOURCE).limit(3).collectAsList();
    boolean any = !near.isEmpty();
    if (!any) {
      near = documents.orderBy(Document.SOURCE).limit(3).collectAsList();
    }
    String examples =
        near.stream()
            .map(Document::fromRow)
            .map(d -> d.id() + " (" + (d.url() == null ? d.source() : d.url()) + ")")
            .collect(Collectors.joining(", "));
    return new IllegalArgumentException(
        run
            + ": no document has the id, url or source '"
            + name
            + "'; "
            + (any ? "close to it: " : "some that are there: ")
            + examples);
  }

  private Optional<StageManifest> manifest(StageName stage) {
    return StageManifest.find(fs, stage.directory(run));
  }

  private Dataset<Row> table(StageName stage) {
    return spark.read().parquet(stage.directory(run).toString());
  }

  private void read(Document document, Row row, StageManifest ingest) {
    title("ingest");
    if (row.isNullAt(row.fieldIndex(Verdict.REASON))) {
      out.printf("  kept%n");
    } else {
      out.println("  rejected: " + verdict(row));
    }
    new RecordAgain(
            StageSettings.of(ingest, "ingest", IngestConfig.class),
            StageSettings.of(ingest, "extract", ExtractConfig.class),
            full,
            out)
        .print(document);
  }

  private void metadata(Metadata said) {
    if (!said.equals(Metadata.NONE)) {
      out.println("  it says of itself:");
      field("title", said.title());
      field("author", said.author());
      field("published", said.published());
      field("language", said.language());
      field("canonical url", said.canonicalUrl());
      field("licence", said.licence());
    }
  }

  private void field(String name, String value) {
    if (value != null) {
      out.printf("    %-14s%s%n", name, value);
    }
  }

  private boolean clean(Document document) throws IOException {
    title("clean");
    Optional<StageManifest> stage = manifest(StageName.CLEAN);
    if (stage.isEmpty()) {
      out.println("  has not been run");
      return true;
    }
    CleanConfig config = StageSettings.of(stage.get(), "clean", CleanConfig.class);
    Cleaned cleaned = Cleaning.clean(document.text(), config);
    String fixes = cleaned.fixes().isEmpty() ? "nothing to do" : String.join(", ", cleaned.fixes());
    out.println("  repairs: " + (config.repairText() ? fixes : "off"));
    out.printf(
        Locale.ROOT,
        "  language: %s, confidence %.3f; %s%n",
        cleaned.language(),
        cleaned.confidence(),
        cleaned.shares().stream()
            .map(s -> String.format(Locale.ROOT, "%s %.1f %%", s.language(), 100 * s.share()))
            .collect(Collectors.joining(", ")));
    if (cleaned.removedParagraphs() > 0) {
      out.printf(Locale.ROOT, "  foreign paragraphs: %,d removed%n", cleaned.removedParagraphs());
    }
    change("repaired and normalised", document.text(), cleaned.text());
    String before = cleaned.text();
    Blocklists lists = Blocklists.read(fs.getConf(), config);
    for (RuleSet.Check check : Cleaning.checks(cleaned, document.url(), config, lists)) {
      out.printf(
          "  %-28s%s%n",
          check.rule(), check.verdict().map(DocumentHistory::verdict).orElse("passed"));
      if (!check.text().equals(before)) {
        change("text as " + check.rule() + " leaves it", before, check.text());
        before = check.text();
      }
    }
    return kept(StageName.CLEAN, document);
  }

  private boolean deduplicated(Document document) {
    title("dedup");
    if (manifest(StageName.DEDUP).isEmpty()) {
      out.println("  has not been run");
      return true;
    }
    List<Row> rows = rows(StageName.DEDUP, document);
    if (!rows.isEmpty()) {
      String keeper = rows.get(0).getAs(Deduplication.CLUSTER);
      if (rows.get(0).getAs(Verdict.REASON) == null) {
        long others = rows.get(0).<Long>getAs(Deduplication.CLUSTER_SIZE) - 1;
        out.printf(Locale.ROOT, "  keeper of its cluster, which has %,d others%n", others);
      } else {
        out.println("  the cluster's keeper is " + keeper + place(keeper));
      }
    }
    return kept(StageName.DEDUP, document);
  }

  private String place(String id) {
    return table(StageName.DEDUP)
        .where(col(Document.ID).equalTo(id))
        .orderBy(Document.SOURCE)
        .limit(1)
        .collectAsList()
        .stream()
        .map(Document::fromRow)
        .map(d -> " (" + (d.url() == null ? d.source() : d.url()) + ")")
        .findFirst()
        .orElse("");
  }

  private List<Row> rows(StageName stage, Document document) {
    return table(stage)
        .where(
            col(Document.ID)
                .equalTo(document.id())
                .and(col(Document.SOURCE).equalTo(document.source())))
        .limit(1)
        .collectAsList();
  }

  private boolean kept(StageName stage, Document document) {
    List<Row> rows = rows(stage, document);
    if (rows.isEmpty()) {
      out.println("  not in the stage's output: the run has changed since; run the stage again");
      return false;
    }
    Row row = rows.get(0);
    boolean kept = row.isNullAt(row.fieldIndex(Verdict.REASON));
    out.println(kept ? "  kept" : "  rejected: " + verdict(row));
    return kept;
  }

  private void tokens(Document document, boolean alive) {
    title("tokenize");
    Optional<StageManifest> stage = manifest(StageName.TOKENIZE);
    if (!alive) {
      out.println("  not in the tokens: a stage before dropped it");
    } else if (stage.isEmpty()) {
      out.println("  has not been run");
    } else {
      TokenizeConfig config = StageSettings.of(stage.get(), "tokenize", TokenizeConfig.class);
      boolean whole = config.split() == TokenizeConfig.Split.DOCUMENT;
      boolean heldOut = whole && TokenShards.isHeldOut(document.id(), config.valFraction());
      out.println(
          whole
              ? heldOut ? "  in the validation tokens" : "  in the training tokens"
              : "  in the tokens: the corpus is cut at its end, documents in order of their ids");
    }
  }

  private void change(String what, String before, String after) {
    if (before.equals(after)) {
      out.println("  " + what + ": nothing changed");
    } else {
      out.printf(
          Locale.ROOT, "  %s: %,d characters, then %,d%n", what, before.length(), after.length());
      new LineDiff(before, after).print(out, full);
    }
  }

  private void shown(String what, String text) {
    boolean cut = !full && text.length() > FIRST_CHARACTERS;
    out.printf(Locale.ROOT, "  %s: %,d characters%n", what, text.length());
    (cut ? text.substring(0, FIRST_CHARACTERS) + "…" : text)
        .lines()
        .forEach(line -> out.println("    | " + line));
  }

  private void title(String stage) {
    out.println();
    out.println(stage);
  }

  private static String verdict(Row row) {
    return verdict(
        new Verdict(
            row.getAs(Verdict.REASON),
            row.<Double>getAs(Verdict.VALUE),
            row.<Double>getAs(Verdict.THRESHOLD)));
  }

  private static String verdict(Verdict verdict) {
    return verdict.reason()
        + number(", value ", verdict.value())
        + number(", threshold ", verdict.threshold());
  }

  private static String number(String what, double number) {
    if (Double.isNaN(number)) {
      return "";
    }
    boolean whole = number == Math.rint(number) && Math.abs(number) < 1e15;
    return what + String.format(Locale.ROOT, whole ? "%,.0f" : "%.4g", number);
  }
}
