package org.sparkgpt.card;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.clean.Cleaning;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Metadata;
import org.sparkgpt.corpus.Verdict;
import org.sparkgpt.dedup.Deduplication;
import org.sparkgpt.stage.DocumentTable;
import org.sparkgpt.stage.RunLease;
import org.sparkgpt.stage.Stage;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.stage.StageRunner;
import org.sparkgpt.tokenize.TokenFile;
import org.sparkgpt.tokenize.TokenManifest;
import org.sparkgpt.tokenize.TokenSplit;

/** A run's directory that the stage runner made, of documents whose fate is known beforehand. */
final class PlantedRun {
  private static final JsonMapper JSON = new JsonMapper();

  private final SparkSession spark;
  private final FileSystem fs;
  private final Path directory;
  private double coreSeconds;

  PlantedRun(SparkSession spark, java.nio.file.Path directory) throws IOException {
    this.spark = spark;
    this.fs = FileSystem.getLocal(new Configuration());
    this.directory = new Path(directory.toUri());
  }

  /**
   * A document as one stage leaves it.
   *
   * @param licence null if it names none
   * @param reason for which the stage drops it; null if it is kept
   * @param columns what this and earlier stages appended to {@link Document}
   */
  record Planted(
      String text, String source, String url, String licence, String reason, Object... columns) {
    Row row() {
      Metadata metadata = new Metadata("A title", null, null, null, null, licence);
      Row document = Document.of(text, source, url, metadata).toRow();
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < document.size(); i++) {
        values.add(document.get(i));
      }
      values.addAll(Arrays.asList(columns));
      values.add(reason);
      values.add(reason == null ? null : Double.NaN);
      values.add(reason == null ? null : Double.NaN);
      return RowFactory.create(values.toArray());
    }
  }

  /** The columns that documents have after a stage, without a verdict's. */
  static StructType schema(StageName after) {
    StructType schema = Document.SCHEMA;
    if (after.compareTo(StageName.CLEAN) >= 0) {
      schema = schema.add(Cleaning.LANGUAGE, DataTypes.StringType, false);
    }
    if (after.compareTo(StageName.QUALITY) >= 0) {
      schema = schema.add("quality_score", DataTypes.DoubleType, true);
    }
    if (after.compareTo(StageName.DEDUP) >= 0) {
      schema = schema.add(Deduplication.CLUSTER, DataTypes.StringType, true);
    }
    return after.compareTo(StageName.REDACT) < 0
        ? schema
        : schema.add(
            "redactions",
            DataTypes.createMapType(DataTypes.StringType, DataTypes.IntegerType),
            true);
  }

  Dataset<Row> table(StructType schema, List<Planted> documents) {
    return spark.createDataFrame(
        documents.stream().map(Planted::row).toList(), Verdict.appendTo(schema));
  }

  /** Runs a stage that writes documents, and counts two core-seconds for it. */
  PlantedRun judge(
      StageName name, StageName before, Map<String, Object> figures, List<Planted> documents)
      throws IOException {
    return judge(name, before, figures, schema(name), documents);
  }

  PlantedRun judge(
      StageName name,
      StageName before,
      Map<String, Object> figures,
      StructType schema,
      List<Planted> documents)
      throws IOException {
    return stage(
        name,
        inputs(before, "documents"),
        target -> {
          coreSeconds += 2;
          write(new Path(target, "_own/part-0.parquet"), new byte[] {1}); // a stage's own business
          Stage.Outcome outcome = DocumentTable.write(table(schema, documents), name, target);
          return new Stage.Outcome(outcome.rowsIn(), outcome.rowsOut(), outcome.dropped(), figures);
        });
  }

  PlantedRun crawl(long kept, Map<String, Long> dropped) throws IOException {
    long lost = dropped.values().stream().mapToLong(Long::longValue).sum();
    return stage(
        StageName.SCRAPE,
        Map.of(),
        target ->
            new Stage.Outcome(
                kept + lost, kept, new TreeMap<>(dropped), Map.of("robots.txt fetched", 3)));
  }

  PlantedRun tokens(StageName before, TokenFile train, TokenFile val) throws IOException {
    TokenManifest manifest =
        new TokenManifest(
            1, "digest-of-tokenizer", 500, 0, 7, Map.of("train", split(train), "val", split(val)));
    return stage(
        StageName.TOKENIZE,
        inputs(before, "documents"),
        target -> {
          write(new Path(target, "_manifest.json"), JSON.writeValueAsBytes(manifest));
          return Stage.Outcome.of(Map.of());
        });
  }

  private static TokenSplit split(TokenFile file) {
    return new TokenSplit(List.of(file));
  }

  PlantedRun stage(StageName name, Map<String, String> inputs, Stage.Work work) throws IOException {
    try (RunLease lease = RunLease.take(fs, directory, () -> {})) {
      Map<String, Object> settings =
          Map.of(
              "seed",
              7,
              "ingest",
              Map.of("inputs", List.of(Map.of("path", "books"))),
              "scrape",
              Map.of("userAgent", "tester/1.0", "optOutAgents", List.of("GPTBot", "CCBot")));
      new StageRunner(fs, directory, true, lease, () -> coreSeconds)
          .run(new Stage(name, settings, inputs, work));
    }
    return this;
  }

  private Map<String, String> inputs(StageName before, String name) {
    return before == null ? Map.of() : Map.of(name, manifest(before).digest());
  }

  StageManifest manifest(StageName name) {
    return StageManifest.find(fs, name.directory(directory)).orElseThrow();
  }

  void write(Path file, byte[] content) throws IOException {
    try (OutputStream out = fs.create(file, true)) {
      out.write(content);
    }
  }

  /** A file in a stage's directory. */
  void write(StageName stage, String file, String content) throws IOException {
    write(
        new Path(stage.directory(directory), file),
        content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  CorpusFacts facts() throws IOException {
    return new FactFinding(fs, directory).gather(() -> spark);
  }

  List<Path> card() throws IOException {
    return DataCard.write(fs, directory, () -> spark);
  }
}
