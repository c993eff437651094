package org.sparkgpt.card;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.card.PlantedRun.Planted;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.stage.DocumentTable;
import org.sparkgpt.stage.Stage;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.tokenize.TokenFile;

class DataCardTest {
  private static final String HOSTILE =
      "</td><script>alert('1')</script> | `code` \"quoted\" \u0001 \u202Eesrever שלום &amp;";
  private static final String BOOKS = "file:/home/someone/books/shelf.zip!/a.txt";

  @TempDir private static Path folder;
  private static SparkSession spark;
  private static PlantedRun whole;

  @BeforeAll
  static void open() throws IOException {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.default.parallelism", 2)
            .config("spark.sql.adaptive.enabled", false) // tiny data: half the jobs
            .config("spark.sql.codegen.wholeStage", false)
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
    whole = whole("whole");
  }

  @AfterAll
  static void close() {
    spark.stop();
  }

  private static PlantedRun run(String name) throws IOException {
    return new PlantedRun(spark, Files.createDirectory(folder.resolve(name)));
  }

  private static Planted doc(String text, String url, String reason, Object... columns) {
    return new Planted(text, url == null ? BOOKS : "crawl.warc.gz", url, null, reason, columns);
  }

  /** A run with all there is: ten documents read, two kept to the end. */
  private static PlantedRun whole(String name) throws IOException {
    String kept = "é".repeat(100); // 200 bytes, 100 characters
    String second = "\uD83D\uDE00" + "b".repeat(39); // one more UTF-16 unit than characters
    String page = "https://www.example.co.uk/a?b=c";
    String keeper = Document.idOf(kept);
    Map<String, Integer> found = Map.of("email", 2, "iban", 1);
    List<Planted> read = new ArrayList<>();
    List<Planted> cleaned = new ArrayList<>();
    List<Planted> scored = new ArrayList<>();
    List<Planted> deduplicated = new ArrayList<>();
    read.add(doc("", null, "ingest/empty"));
    for (int i = 0; i < 5; i++) {
      read.add(doc("fremd" + i, page, null));
      cleaned.add(doc("fremd" + i, page, "language", "deu"));
    }
    read.add(doc("bad score", page, null));
    cleaned.add(doc("bad score", page, null, "eng"));
    scored.add(doc("bad score", page, "quality/score", "eng", 0.04));
    for (int i = 0; i < 2; i++) { // copies of the one that is kept
      read.add(doc(kept, page, null));
      cleaned.add(doc(kept, page, null, "eng"));
      scored.add(doc(kept, page, null, "eng", 0.96));
      deduplicated.add(doc(kept, page, i == 0 ? null : "dedup/exact", "eng", 0.96, keeper));
    }
    read.add(doc(second, null, null));
    cleaned.add(doc(second, null, null, "eng"));
    scored.add(doc(second, null, null, "eng", 1.0));
    deduplicated.add(doc(second, null, null, "eng", 1.0, Document.idOf(second)));
    List<Planted> redacted =
        List.of(
            new Planted(
                kept,
                "crawl.warc.gz",
                page,
                "https://cc.example/by",
                null,
                "eng",
                0.96,
                keeper,
                found),
            doc(second, null, null, "eng", 1.0, Document.idOf(second), Map.of("email", 3)));

    PlantedRun run = run(name);
    run.crawl(4, Map.of("scrape/robots", 3L, "scrape/opt-out", 2L, "scrape/not-found", 1L));
    run.judge(StageName.INGEST, null, Map.of(), read);
    run.judge(StageName.CLEAN, StageName.INGEST, Map.of("removed paragraphs", 5), cleaned);
    run.judge(StageName.QUALITY, StageName.CLEAN, Map.of(), scored);
    run.judge(StageName.DEDUP, StageName.QUALITY, Map.of(), deduplicated);
    List<Planted> left = deduplicated.stream().filter(d -> d.reason() == null).toList();
    run.judge(
        StageName.PASSAGES,
        StageName.DEDUP,
        Map.of("removed characters by paragraph", 1234567L),
        left);
    run.stage(
        StageName.DECONTAMINATE,
        Map.of("documents", run.manifest(StageName.PASSAGES).digest()),
        target -> {
          Stage.Outcome outcome =
              DocumentTable.write(
                  run.table(PlantedRun.schema(StageName.DECONTAMINATE), left),
                  StageName.DECONTAMINATE,
                  target);
          run.write(
              new org.apache.hadoop.fs.Path(target, "_contamination.json"),
              ("[{\"set\":\"trivia\",\"examples\":1200,\"examplesFound\":34,\"spans\":[1,2]},"
                      + "{\"set\":\"arithmetic|<b>\",\"examples\":5,\"share\":0.25}]")
                  .getBytes(StandardCharsets.UTF_8));
          return outcome;
        });
    run.judge(StageName.REDACT, StageName.DECONTAMINATE, Map.of(), redacted);
    run.tokens(
        StageName.REDACT,
        new TokenFile("train/a", 1, 60, 1, 200, "00000000", 1),
        new TokenFile("val/a", 1, 10, 1, 43, "00000000", 1));
    return run;
  }

  @Test
  void factsAreThoseThatWerePlanted() throws IOException {
    CorpusFacts facts = whole.facts();

    assertThat(facts.stages())
        .extracting(s -> s.name().command())
        .containsExactly(
            "scrape",
            "ingest",
            "clean",
            "quality",
            "dedup",
            "passages",
            "decontaminate",
            "redact",
            "tokenize");
    assertThat(facts.leftOut()).isEmpty();
    assertThat(facts.stage(StageName.CLEAN).orElseThrow().dropped())
        .isEqualTo(Map.of("language", new Count(5, 30)));
    assertThat(facts.stage(StageName.CLEAN).orElseThrow().kept()).isEqualTo(new Count(4, 249));
    assertThat(facts.last().orElseThrow().kept()).isEqualTo(new Count(2, 140));
    assertThat(facts.languages())
        .isEqualTo(
            Map.of(
                "deu", new CorpusFacts.Language(new Count(5, 30), Count.NONE),
                "eng", new CorpusFacts.Language(new Count(4, 249), new Count(2, 140))));
    assertThat(facts.lengths().documents()).isEqualTo(2);
    assertThat(facts.lengths().shortest()).isEqualTo(40);
    assertThat(facts.lengths().longest()).isEqualTo(100);
    assertThat(facts.sites().largest())
        .containsExactly(
            new Top.Group("example.co.uk", true, new Count(1, 100)),
            new Top.Group("books/shelf.zip", false, new Count(1, 40)));
    assertThat(facts.licences())
        .isEqualTo(
            new Top(
                List.of(new Top.Group("https://cc.example/by", false, new Count(1, 100))),
                1,
                Count.NONE));
    assertThat(facts.duplicates())
        .containsExactly(
            new CorpusFacts.Duplicate(
                2,
                Document.idOf("é".repeat(100)),
                "https://www.example.co.uk/a?b=c",
                "é".repeat(100)));
    assertThat(facts.scores().orElseThrow().dropped()[0]).isEqualTo(1);
    assertThat(facts.scores().orElseThrow().kept()[19]).as("1.0 is in the last part").isEqualTo(3);
    assertThat(facts.redactions()).isEqualTo(Map.of("email", 5L, "iban", 1L));
    assertThat(Provenance.coreSeconds(facts)).contains(12.0);
  }

  @Test
  void bothFormsShowTheSameFactsAndRepeatBytes() throws IOException {
    List<org.apache.hadoop.fs.Path> written = whole.card();
    assertThat(written)
        .extracting(p -> p.getName())
        .containsExactly("data-card.html", "data-card.md");
    String html = read("whole", DataCard.HTML);
    String markdown = read("whole", DataCard.MARKDOWN);
    Element page = page(html);

    assertThat(page.select(".tile").eachText())
        .containsExactly(
            "2 documents",
            "140 characters",
            "70 tokens",
            "1 language",
            "2 domains and files",
            "0.003 core-hours");
    assertThat(page.select("svg > title").eachText()).hasSize(5);
    assertThat(page.select("script, link, img, iframe")).isEmpty();
    for (String line :
        List.of(
            "run whole",
            "seed 7",
            "ingest 10 9 1 90.0 % 279 0",
            "dedup dedup/exact 1 33.3 % 100 41.7 %",
            "deu German 0 0 0.0 % 5 30",
            "example.co.uk web 1 100 71.4 %",
            "2 https://www.example.co.uk/a?b=c",
            "not known 1 50.0 %",
            "not fetched: robots.txt forbids it 3 30.0 %",
            "not kept: site or page reserves its use for text and data mining or AI 2 20.0 %",
            "not found 1 10.0 %",
            "scrape.optOutAgents GPTBot, CCBot",
            "0.00 0.05 0 1",
            "removed characters by paragraph 1,234,567",
            "trivia 1,200 34",
            "email 5",
            "train 60 1 200 0.300",
            "tokens per character 0.500",
            "vocabulary 500")) {
      assertThat(page.select("tr").eachText()).as(line).anyMatch(row -> row.startsWith(line));
    }
    for (Element row : page.select("tr")) { // each row of the page is one of the other form
      String cells =
          row.select("td, th").stream()
              .map(Element::text)
              .collect(joining(" | "))
              .strip()
              .replaceAll("\\s+", " ");
      assertThat(rows(markdown)).contains(cells);
    }
    whole.card();
    assertThat(read("whole", DataCard.HTML)).isEqualTo(html);
    assertThat(read("whole", DataCard.MARKDOWN)).isEqualTo(markdown);
    assertThat(folder.resolve("whole/data-card.html.tmp")).doesNotExist();
  }

  /** The rows of Markdown's tables as text. */
  private static List<String> rows(String markdown) {
    return markdown
        .lines()
        .filter(line -> line.startsWith("|") && !line.startsWith("|---"))
        .map(line -> line.substring(1, line.length() - 1).strip())
        .map(line -> line.replaceAll("\\\\([\\\\`*_\\[\\]|~$])", "$1"))
        .map(line -> org.jsoup.parser.Parser.unescapeEntities(line, false))
        .map(line -> line.replaceAll("\\s+", " "))
        .toList();
  }

  @Test
  void hostileTextStaysText() throws IOException {
    PlantedRun run = run("hostile");
    String url = "https://evil.example/\"><script>x</script>|`";
    List<Planted> read =
        List.of(
            new Planted(HOSTILE, BOOKS, url, HOSTILE, null),
            new Planted(HOSTILE + "2", HOSTILE, null, "x|y", null),
            new Planted(HOSTILE + "3", BOOKS, "javascript:alert(1)", HOSTILE, null));
    run.judge(StageName.INGEST, null, Map.of(HOSTILE, HOSTILE), read);
    String id = read.get(0).row().getString(0);
    run.judge(
        StageName.DEDUP,
        StageName.INGEST,
        Map.of(HOSTILE, HOSTILE),
        Document.SCHEMA.add("cluster", DataTypes.StringType),
        List.of(
            new Planted(HOSTILE, BOOKS, url, HOSTILE, null, id),
            new Planted(HOSTILE + "2", HOSTILE, null, "x|y", null, id),
            new Planted(HOSTILE + "3", BOOKS, null, HOSTILE, "dedup/<near>|", id)));
    run.card();
    String html = read("hostile", DataCard.HTML);
    String markdown = read("hostile", DataCard.MARKDOWN);

    assertThat(page(html).select("script, b[onclick], td > td")).isEmpty();
    assertThat(page(html).text())
        .contains("<script>alert('1')</script> | `code` \"quoted\" \uFFFD");
    assertThat(html).doesNotContain("\u202E", "\u0001");
    assertThat(markdown)
        .doesNotContain("<script", "\u202E", "\u0001")
        .contains("\\| \\`code\\` \"quoted\" \uFFFD", "&amp;amp;");
    markdown
        .lines()
        .filter(line -> line.contains("alert"))
        .forEach(
            line ->
                assertThat(line.replace("\\|", "").chars().filter(c -> c == '|').count())
                    .as(line)
                    .isIn(3L, 4L, 6L, 7L));
  }

  @Test
  void aRunThatOnlyReadIsACard() throws IOException {
    PlantedRun run = run("partial");
    run.judge(StageName.INGEST, null, Map.of(), List.of(doc("a text", null, null)));
    run.card();

    assertThat(read("partial", DataCard.MARKDOWN))
        .contains(
            "Not identified: the run has no finished clean stage",
            "| ingest | 1 | 1 | 0 | 100.0 % |",
            "This run did not crawl",
            "Documents were not scored",
            "Personal data has not been removed",
            "Not tokenized yet");
    page(read("partial", DataCard.HTML));
  }

  @Test
  void aRunThatOnlyCrawledIsACard() throws IOException {
    PlantedRun run = run("crawled");
    run.crawl(2, Map.of("scrape/robots", 2L));
    run.card();

    assertThat(read("crawled", DataCard.MARKDOWN))
        .contains("robots.txt forbids it | 2 | 50.0 % |", "No documents have been read yet");
  }

  @Test
  void aCorpusWithoutCleanIsDeduplicatedAndHasNoLanguages() throws IOException {
    PlantedRun run = run("unclean");
    run.judge(StageName.INGEST, null, Map.of(), List.of(doc("a text", null, null)));
    run.judge(
        StageName.DEDUP,
        StageName.INGEST,
        Map.of(),
        Document.SCHEMA.add("cluster", DataTypes.StringType),
        List.of(
            doc("a text", null, null, Document.idOf("a text")),
            doc("other", null, "dedup/near", "id-of-another-corpus")));
    CorpusFacts facts = run.facts();

    assertThat(facts.languages()).isEmpty();
    assertThat(facts.duplicates())
        .containsExactly(new CorpusFacts.Duplicate(2, "id-of-another-corpus", "", ""));
    run.card();
    assertThat(read("unclean", DataCard.MARKDOWN)).contains("not among these documents");
  }

  @Test
  void outputThatDidNotLeadToTheDocumentsIsLeftOutByName() throws IOException {
    PlantedRun run = run("stale");
    List<Planted> read = List.of(doc("a text", null, null), doc("more", null, "ingest/x"));
    List<Planted> cleaned = List.of(doc("a text", null, null, "eng"));
    run.judge(StageName.INGEST, null, Map.of(), read);
    run.judge(StageName.CLEAN, StageName.INGEST, Map.of(), cleaned);
    run.stage(
        StageName.QUALITY,
        Map.of("documents", "what clean wrote last week"),
        target ->
            DocumentTable.write(
                run.table(PlantedRun.schema(StageName.CLEAN), cleaned), StageName.QUALITY, target));
    CorpusFacts facts = run.facts();

    assertThat(facts.leftOut()).containsExactly(StageName.QUALITY);
    assertThat(facts.last().orElseThrow().name()).isEqualTo(StageName.CLEAN);
    run.card();
    assertThat(read("stale", DataCard.MARKDOWN)).contains("Not in this card: quality.");
  }

  @Test
  void damageIsNamed() throws IOException {
    PlantedRun run = run("damaged");
    run.judge(StageName.INGEST, null, Map.of(), List.of(doc("a text", null, null)));
    run.judge(
        StageName.DECONTAMINATE,
        StageName.INGEST,
        Map.of(),
        Document.SCHEMA,
        List.of(doc("a text", null, null)));
    run.write(StageName.DECONTAMINATE, "_contamination.json", "[{\"set\":");
    assertThatThrownBy(run::facts)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("_contamination.json: damaged");
    Files.delete(
        Files.list(folder.resolve("damaged/documents/kept=true"))
            .filter(p -> p.toString().endsWith(".parquet"))
            .findFirst()
            .orElseThrow());
    assertThatThrownBy(run::facts)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ingest --overwrite");
  }

  @Test
  void aDirectoryWithoutACorpusHasNoCard() throws IOException {
    assertThat(run("empty").card()).isEmpty();
    assertThat(folder.resolve("empty/data-card.html")).doesNotExist();
  }

  @Test
  void answersDoNotDependOnPartitions() throws IOException {
    List<Planted> documents = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String text = "word ".repeat(1 + i * i % 97) + i;
      documents.add(
          new Planted(
              text,
              "/in/file" + i % 30 + ".txt",
              i % 3 == 0 ? "https://host" + i % 50 + ".example.org/" + i : null,
              i % 4 == 0 ? "licence " + i % 40 : null,
              i % 5 == 0 ? "dedup/near" : null,
              i % 7 == 0 ? "deu" : "eng",
              i / 300.0,
              "cluster" + i % 25));
    }
    CorpusSurvey survey = new CorpusSurvey(spark);
    Dataset<Row> table = run("parts").table(PlantedRun.schema(StageName.DEDUP), documents);
    List<Object> one = answers(survey, table.repartition(1));
    assertThat(answers(survey, table.repartition(7))).isEqualTo(one);
    assertThat(answers(survey, table.repartition(64))).isEqualTo(one);
  }

  private static List<Object> answers(CorpusSurvey survey, Dataset<Row> table) {
    CorpusFacts.Scores scores = survey.scores(table).orElseThrow();
    Map<String, Count> fates = new TreeMap<>();
    survey.fates(table).forEach(f -> fates.put(f.reason() + " " + f.language(), f.count()));
    return List.of(
        fates,
        survey.lengths(table),
        survey.sites(table),
        survey.licences(table),
        survey.duplicates(table),
        Arrays.toString(scores.kept()) + Arrays.toString(scores.dropped()));
  }

  private static String read(String run, String file) throws IOException {
    return Files.readString(folder.resolve(run).resolve(file));
  }

  /** Also reads it as XML, which forgives nothing. */
  private static Element page(String html) {
    try {
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(html.getBytes(StandardCharsets.UTF_8)));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return Jsoup.parse(html);
  }
}
