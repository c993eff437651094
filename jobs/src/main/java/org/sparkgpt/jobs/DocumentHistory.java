package org.sparkgpt.jobs;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.clean.CleanConfig;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Metadata;
import org.sparkgpt.corpus.Verdict;
import org.sparkgpt.dedup.Deduplication;
import org.sparkgpt.extract.ExtractConfig;
import org.sparkgpt.ingest.IngestConfig;
import org.sparkgpt.stage.DocumentTable;
import org.sparkgpt.stage.Lineage;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.tokenize.TokenShards;
import org.sparkgpt.tokenize.TokenizeConfig;

/** Says what each step of a run did to one document: before, after and why. */
final class DocumentHistory {
  private final SparkSession spark;
  private final FileSystem fs;
  private final Path run;
  private final boolean full;
  private final PrintWriter out;
  private final Shown shown;
  private final Map<StageName, StageManifest> stages; // that led to each other, in their order

  /**
   * @param full whether texts are shown as a whole
   */
  DocumentHistory(SparkSession spark, FileSystem fs, Path run, boolean full, PrintWriter out) {
    this.spark = spark;
    this.fs = fs;
    this.run = run;
    this.full = full;
    this.out = out;
    this.shown = new Shown(full, out);
    Map<StageName, StageManifest> found = Lineage.manifests(fs, run);
    this.stages = new EnumMap<>(found);
    this.stages.keySet().retainAll(Lineage.of(found).stages());
  }

  /**
   * @param name the document's id, url or source
   * @throws IllegalArgumentException if the run has no such document
   */
  void print(String name) throws IOException {
    StageManifest ingest = stages.get(StageName.INGEST);
    if (ingest == null) {
      throw new IllegalArgumentException(
          run + ": no finished stage ingest; --document looks into the directory of a run");
    }
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
    boolean alive = isKept(row);
    if (alive) {
      shown.text("text as read", document.text());
      alive = judged(document, row);
    }
    tokens(document, alive);
    out.flush();
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

  private Dataset<Row> table(StageName stage) {
    return DocumentTable.readAll(spark, stage.directory(run), stages.get(stage));
  }

  /** What the stages after ingest say, up to one that drops the document; true if none does. */
  private boolean judged(Document document, Row ingested) throws IOException {
    Row before = ingested;
    for (StageName stage : stages.keySet()) {
      if (stage.writesDocuments() && stage != StageName.INGEST) {
        title(stage.command());
        Optional<Row> row = find(stage, document);
        if (row.isEmpty()) {
          out.println(
              "  not in the stage's output: the run has changed since; run the stage again");
          return false;
        }
        explain(stage, before, row.get());
        out.println(isKept(row.get()) ? "  kept" : "  rejected: " + verdict(row.get()));
        if (!isKept(row.get())) {
          return false;
        }
        before = row.get();
      }
    }
    return true;
  }

  private void explain(StageName stage, Row before, Row row) throws IOException {
    switch (stage) {
      case CLEAN -> {
        CleanConfig config = StageSettings.of(stages.get(stage), "clean", CleanConfig.class);
        new CleanAgain(fs.getConf(), config, shown).print(Document.fromRow(before));
      }
      case DEDUP -> cluster(row);
      default -> {
        shown.ownColumns(before, row);
        // What redact took out must not be seen, not even as what has changed.
        shown.change(
            "text",
            before.getAs(Document.TEXT),
            row.getAs(Document.TEXT),
            stage != StageName.REDACT);
      }
    }
  }

  private void read(Document document, Row row, StageManifest ingest) {
    title("ingest");
    out.println(isKept(row) ? "  kept" : "  rejected: " + verdict(row));
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

  private void cluster(Row row) {
    String keeper = row.getAs(Deduplication.CLUSTER);
    if (isKept(row)) {
      long others = row.<Long>getAs(Deduplication.CLUSTER_SIZE) - 1;
      out.printf(Locale.ROOT, "  keeper of its cluster, which has %,d others%n", others);
    } else {
      out.println("  the cluster's keeper is " + keeper + place(keeper));
    }
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

  private Optional<Row> find(StageName stage, Document document) {
    return table(stage)
        .where(
            col(Document.ID)
                .equalTo(document.id())
                .and(col(Document.SOURCE).equalTo(document.source())))
        .limit(1)
        .collectAsList()
        .stream()
        .findFirst();
  }

  private static boolean isKept(Row row) {
    return row.isNullAt(row.fieldIndex(Verdict.REASON));
  }

  private void tokens(Document document, boolean alive) {
    title("tokenize");
    StageManifest stage = stages.get(StageName.TOKENIZE);
    if (!alive) {
      out.println("  not in the tokens: a stage before dropped it");
    } else if (stage == null) {
      out.println("  has not been run");
    } else {
      TokenizeConfig config = StageSettings.of(stage, "tokenize", TokenizeConfig.class);
      boolean whole = config.split() == TokenizeConfig.Split.DOCUMENT;
      boolean heldOut = whole && TokenShards.isHeldOut(document.id(), config.valFraction());
      out.println(
          whole
              ? heldOut ? "  in the validation tokens" : "  in the training tokens"
              : "  in the tokens: the corpus is cut at its end, documents in order of their ids");
    }
  }

  private void title(String stage) {
    out.println();
    out.println(stage);
  }

  private static String verdict(Row row) {
    return Shown.verdict(
        new Verdict(
            row.getAs(Verdict.REASON),
            row.<Double>getAs(Verdict.VALUE),
            row.<Double>getAs(Verdict.THRESHOLD)));
  }
}
