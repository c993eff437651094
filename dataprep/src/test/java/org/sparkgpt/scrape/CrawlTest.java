package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netpreserve.jwarc.WarcReader;
import org.netpreserve.jwarc.WarcRecord;
import org.netpreserve.jwarc.WarcTargetRecord;

class CrawlTest {
  private static final int PAGES = 12;
  private static SparkSession spark;

  @TempDir private java.nio.file.Path folder;
  private TestSite site;

  @BeforeAll
  static void openSpark() {
    spark = TinySpark.open("local[2,2]"); // a task may fail once
  }

  @AfterAll
  static void closeSpark() {
    spark.stop();
  }

  @BeforeEach
  void openSite() throws IOException {
    site = new TestSite(1).robots("User-agent: *\nDisallow: /private\n");
    site.tree(PAGES, 1);
    List<String> links = new ArrayList<>(pages());
    links.add("/private/a");
    site.page("/", links.toArray(String[]::new));
  }

  @AfterEach
  void closeSite() {
    site.close();
  }

  private CrawlReport crawl(Map<String, ?> changes) throws IOException {
    Map<String, Object> settings = new TreeMap<>(changes);
    settings.putIfAbsent("seeds", List.of(site.url("/")));
    settings.putIfAbsent("respectAiOptOut", false); // one file less to ask for
    return Crawl.run(spark, ScrapeConfigs.local(settings), 7, new Path(folder.toUri()));
  }

  private List<String> asked() {
    return site.requests().stream().map(TestSite.Request::path).sorted().toList();
  }

  /** What is asked for in a whole crawl. */
  private static List<String> all() {
    List<String> all = new ArrayList<>(pages());
    all.addAll(List.of("/", "/robots.txt"));
    return all.stream().sorted().toList();
  }

  private static List<String> pages() {
    return IntStream.range(0, PAGES).mapToObj(i -> "/" + i).toList();
  }

  /** The types of the records about each page, with the file's name. */
  private List<String> records(String path) throws IOException {
    List<String> types = new ArrayList<>();
    for (java.nio.file.Path file : archives()) {
      try (WarcReader reader = new WarcReader(file)) {
        for (WarcRecord record : reader) {
          if (record instanceof WarcTargetRecord about && about.target().equals(site.url(path))) {
            types.add(record.type());
          }
        }
      }
    }
    return types;
  }

  private List<java.nio.file.Path> archives() throws IOException {
    try (var files = java.nio.file.Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".warc.gz")).sorted().toList();
    }
  }

  @Test
  void everyAllowedPageIsFetchedOnceAndNothingIsDoneTwice() throws IOException {
    CrawlReport report = crawl(Map.of());

    assertThat(asked()).isEqualTo(all());
    assertThat(report.kept()).isEqualTo(PAGES + 1);
    assertThat(report.dropped()).containsExactly(Map.entry("scrape/robots", 1L));
    assertThat(report.urls()).isEqualTo(PAGES + 2);
    assertThat(records("/3")).containsExactly("response", "request", "metadata");

    assertThat(crawl(Map.of()).kept()).isEqualTo(PAGES + 1);
    assertThat(asked()).isEqualTo(all());
  }

  @Test
  void revisitsAskForWhatHasChanged() throws IOException {
    site.page(
        "/3",
        (exchange, turn) -> {
          exchange.getResponseHeaders().set("ETag", "\"v\"");
          boolean known = "\"v\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
          return new TestSite.Answer(known ? 304 : 200, known ? "" : "<p>three");
        });
    site.page("/4", (exchange, turn) -> new TestSite.Answer(200, "<p>four, edition " + turn));
    ScrapeConfig config =
        ScrapeConfigs.local(Map.of("seeds", List.of(site.url("/")), "revisitHours", 0));
    Path directory = new Path(folder.toUri());
    assertThat(Crawl.isDue(new Configuration(), config, directory)).isFalse();
    crawl(Map.of());
    assertThat(Crawl.isDue(new Configuration(), config, directory)).isTrue();

    CrawlReport report = crawl(Map.of("revisitHours", 0));

    assertThat(report.kept()).isEqualTo(PAGES + 1);
    assertThat(report.totals().visits(Outcome.NOT_MODIFIED)).isEqualTo(1);
    assertThat(report.totals().visits(Outcome.DUPLICATE)).isEqualTo(PAGES - 1);
    assertThat(records("/3"))
        .containsExactly("response", "request", "metadata", "revisit", "request", "metadata");
    assertThat(records("/4"))
        .containsExactly("response", "request", "metadata", "response", "request", "metadata");
    assertThat(asked()).hasSize(2 * (PAGES + 1) + 1); // robots.txt is good for a day
  }

  @Test
  void aFailedTaskIsTriedAgainWithoutWhatItLogged() throws IOException {
    CrawlFiles files = new CrawlFiles(new Configuration(), new Path(folder.toUri()));
    AtomicBoolean taken = new AtomicBoolean();
    site.onRequest(
        path -> {
          if (asked().size() == 5 && taken.compareAndSet(false, true)) {
            takeUnfinished(files);
          }
        });

    CrawlReport report = crawl(Map.of("connections", 1));

    assertThat(taken).isTrue();
    assertThat(report.kept()).isEqualTo(PAGES + 1);
    List<String> asked = new ArrayList<>(asked());
    all().forEach(asked::remove);
    assertThat(asked).as("asked for again").hasSizeLessThanOrEqualTo(1); // what was under way
  }

  /** What another attempt of the task would do. */
  private void takeUnfinished(CrawlFiles files) {
    try (var all = java.nio.file.Files.list(folder)) {
      for (java.nio.file.Path file : all.filter(f -> f.toString().endsWith(".open")).toList()) {
        files.recover(new Path(file.toUri()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void newSeedsAndBudgetsContinueACrawl() throws IOException {
    site.page("/new");
    assertThat(crawl(Map.of("maxPages", 5)).kept()).isEqualTo(5);
    CrawlReport report = crawl(Map.of("seeds", List.of(site.url("/"), site.url("/new"))));

    assertThat(report.kept()).isEqualTo(PAGES + 2);
    assertThat(asked()).containsOnlyOnceElementsOf(all()).contains("/new");
  }

  @Test
  void whatCannotBeCrawledIsSaid() {
    assertThatThrownBy(() -> crawl(Map.of("seeds", List.of("example.org"))))
        .hasMessageContaining("example.org is neither a URL nor a file");
    assertThatThrownBy(() -> crawl(Map.of("seeds", List.of(site.url("/private/a")))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("scrape kept no page; dropped: {scrape/robots=1}");
    spark.sparkContext().conf().set("spark.speculation", "true");
    try {
      assertThatThrownBy(() -> crawl(Map.of())).hasMessageContaining("spark.speculation=true");
    } finally {
      spark.sparkContext().conf().set("spark.speculation", "false");
    }
  }
}
