package org.sparkgpt.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkgpt.ingest.Corpora.config;
import static org.sparkgpt.ingest.Corpora.gzip;
import static org.sparkgpt.ingest.Corpora.page;
import static org.sparkgpt.ingest.Corpora.tar;
import static org.sparkgpt.ingest.Corpora.utf8;
import static org.sparkgpt.ingest.Corpora.write;
import static org.sparkgpt.ingest.Corpora.zip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netpreserve.jwarc.WarcCompression;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;
import org.sparkgpt.ingest.Corpora.Seen;

class IngestionTest {
  private static SparkSession spark;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 4)
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static List<Seen> read(IngestInput... inputs) {
    return seen(Ingestion.read(spark, config(inputs), Corpora.EXTRACT));
  }

  private static List<Seen> seen(Dataset<Row> rows) {
    return rows.orderBy(Document.SOURCE).collectAsList().stream().map(Seen::of).toList();
  }

  private List<String> sources(List<Seen> rows) {
    return rows.stream().map(row -> row.source().replace(directory + "/", "")).toList();
  }

  /** A directory with a file of every kind. */
  private Path corpus() throws IOException {
    Path corpus = directory.resolve("corpus");
    write(corpus, "a.txt", utf8("a text"));
    write(corpus, "deep/b.txt.gz", gzip(utf8("another")));
    write(corpus, "bad.txt", Corpora.DAMAGED_UTF_8);
    write(corpus, "page.html", utf8("<p>a page</p>"));
    write(corpus, "c.jsonl", utf8("{\"text\":\"json\",\"url\":\"u\"}\nnonsense\n"));
    byte[] warc = Corpora.warc(WarcCompression.GZIP, page("one"), page("two"), page("three"));
    write(corpus, "w.warc.gz", Arrays.copyOf(warc, warc.length - 20));
    write(corpus, "z.jar", zip(manyFiles()));
    write(corpus, "t.tgz", gzip(tar(manyFiles())));
    write(corpus, "_SUCCESS", utf8("hidden"));
    write(corpus, ".hidden/x.txt", utf8("hidden"));
    write(corpus, "image.png", utf8("other type"));
    writeTable(corpus.resolve("table a=b"), "SELECT 'from a table' AS text, 'u2' AS url, 7 AS n");
    return corpus;
  }

  /** More than a MiB that does not compress, so that tasks share it. */
  private static Map<String, byte[]> manyFiles() {
    Random random = new Random(7);
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int i = 0; i < 40; i++) {
      byte[] letters = new byte[80_000];
      for (int j = 0; j < letters.length; j++) {
        letters[j] = (byte) (33 + random.nextInt(94));
      }
      files.put("data/" + i + ".txt", letters);
    }
    return files;
  }

  private static void writeTable(Path path, String query) {
    spark.sql(query).coalesce(1).write().mode(SaveMode.Overwrite).parquet(path.toString());
  }

  @Test
  void everyKindOfFileBecomesRowsOfTheContractsSchema() throws IOException {
    Dataset<Row> rows =
        Ingestion.read(spark, config(IngestInput.of(corpus().toString())), Corpora.EXTRACT);

    assertThat(rows.schema().names()).isEqualTo(Verdict.appendTo(Document.SCHEMA).names());
    List<Seen> kept = seen(rows.where("reason IS NULL"));
    assertThat(kept).extracting(Seen::text).contains("a text", "another", "a page", "json", "one");
    assertThat(kept).hasSize(4 + 2 + 40 + 40 + 1);
    Seen table =
        kept.stream().filter(r -> r.text().equals("from a table")).findFirst().orElseThrow();
    assertThat(table.url()).isEqualTo("u2");
    assertThat(table.source()).matches(".*/corpus/table a=b/part-.*\\.parquet#1");
    assertThat(seen(rows.where("reason IS NOT NULL")))
        .extracting(Seen::reason)
        .containsExactly("ingest/not-utf-8", "ingest/not-json", "ingest/truncated");
    assertThat(rows.select("id").distinct().count())
        .as("the archives hold the same 40 files")
        .isEqualTo(rows.count() - 40);
  }

  @Test
  void theRowsDoNotDependOnTheNumberOfTasks() throws IOException {
    IngestConfig config = config(IngestInput.of(corpus().toString()));
    List<Row> one =
        Ingestion.read(spark, config, Corpora.EXTRACT, 1).orderBy("source", "id").collectAsList();
    for (int tasks : new int[] {7, 64}) {
      Dataset<Row> rows = Ingestion.read(spark, config, Corpora.EXTRACT, tasks);
      assertThat(rows.rdd().getNumPartitions()).as("tasks").isGreaterThan(3);
      assertThat(rows.orderBy("source", "id").collectAsList()).as("%d tasks", tasks).isEqualTo(one);
    }
  }

  @Test
  void patternsSelectFilesAndEntries() throws IOException {
    write(directory, "a/one.txt", utf8("1"));
    write(directory, "a/two.txt", utf8("2"));
    write(directory, "a/three.html", utf8("<p>3"));
    write(directory, "a/z.zip", zip(Map.of("x/in.txt", utf8("4"), "y/out.txt", utf8("5"))));
    String path = directory + "/a";

    assertThat(sources(read(new IngestInput(path, List.of("*.txt"), List.of("two*", "y/*")))))
        .containsExactly("a/one.txt", "a/z.zip!/x/in.txt");
    assertThat(sources(read(new IngestInput(path, List.of(), List.of("*.zip", "*.html")))))
        .containsExactly("a/one.txt", "a/two.txt");
  }

  @Test
  void globsMatchFilesAndDirectories() throws IOException {
    write(directory, "y1/a.txt", utf8("1"));
    write(directory, "y2/b c[1].txt", utf8("2"));
    write(directory, "n/c.txt", utf8("3"));

    assertThat(sources(read(IngestInput.of(directory + "/y*/*.txt"))))
        .containsExactly("y1/a.txt", "y2/b c[1].txt");
    assertThat(sources(read(IngestInput.of(directory + "/y*"))))
        .containsExactly("y1/a.txt", "y2/b c[1].txt");
    assertThat(sources(read(IngestInput.of(directory + "/y2/b c[1].txt"))))
        .containsExactly("y2/b c[1].txt");
  }

  @Test
  void inputsWithNothingToReadAreTheUsersMistake() throws IOException {
    write(directory, "a.pdf", utf8("x"));

    assertRefused("ingest.inputs is empty: name at least one");
    assertRefused("ingest.inputs: nothing at " + directory + "/no", directory + "/no");
    assertRefused("ingest.inputs: nothing at " + directory + "/*.x; give", directory + "/*.x");
    assertRefused(
        "other types, such as " + directory + "/a.pdf; ingest reads .txt", "" + directory);
    assertRefused("other types, such as " + directory + "/a.pdf", directory + "/a.pdf");
    assertRefused("No FileSystem for scheme \"gopher\"", "gopher://host/a");
  }

  @Test
  void tablesMustBeWholeAndHaveText() throws IOException {
    Path table = directory.resolve("t");
    writeTable(table, "SELECT 'x' AS body");
    assertRefused(
        ": no column text but [body]; rename the column that holds the documents to text",
        table.toString());
    writeTable(table, "SELECT 7 AS text");
    assertRefused(": column text must hold strings, found required int32 text", table.toString());
    writeTable(table, "SELECT 'x' AS text");
    try (var files = Files.list(table)) {
      Path part = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(part);
      Files.delete(part.resolveSibling("." + part.getFileName() + ".crc"));
      Files.write(part, Arrays.copyOf(bytes, bytes.length - 7));
    }
    assertRefused(
        ".parquet: not a complete Parquet file; write it again or exclude it", table.toString());
  }

  @Test
  void rowsOfATableAreJudgedOneByOne() {
    Path table = directory.resolve("t");
    writeTable(table, "SELECT * FROM VALUES ('x'), (NULL), (' ') AS t(text)");

    List<Seen> rows = read(IngestInput.of(table.toString()));

    assertThat(Corpora.reasons(rows)).containsExactly(null, "ingest/no-text", "ingest/empty");
    assertThat(rows.get(0).url()).isNull();
  }

  private static void assertRefused(String message, String... paths) {
    IngestInput[] inputs = Arrays.stream(paths).map(IngestInput::of).toArray(IngestInput[]::new);
    assertThatThrownBy(() -> Ingestion.read(spark, config(inputs), Corpora.EXTRACT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }
}
