package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrontierTest {
  private static final String HOST = "http://a.example";
  private static final String HOME = HOST + "/";
  private static final List<String> HOME_ONLY = List.of(HOME);
  private static final long NEVER = Long.MIN_VALUE;

  private static SparkSession spark;

  @TempDir private java.nio.file.Path folder;
  private ScrapeConfig config;
  private CrawlFiles files;
  private FrontierStore store;
  private FrontierTotals totals = FrontierTotals.NONE;

  @BeforeAll
  static void openSpark() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.sql.adaptive.enabled", false) // tiny data: half the jobs
            .config("spark.sql.codegen.wholeStage", false)
            .config("spark.ui.enabled", false)
            .getOrCreate();
  }

  @AfterAll
  static void closeSpark() {
    spark.stop();
  }

  @BeforeEach
  void begin() throws IOException {
    Path directory = new Path(folder.toUri());
    config = ScrapeConfigs.local(Map.of("seeds", HOME_ONLY));
    files = new CrawlFiles(new Configuration(), directory);
    store = new FrontierStore(new Configuration(), directory);
    round();
  }

  /** A round that logs these. */
  private Frontier round(Visit... visits) throws IOException {
    int number = totals.round() + 1;
    Dataset<Row> log = logged(number, visits);
    Frontier next =
        store
            .read(spark, totals.round())
            .next(log, Roots.read(new Configuration(), config).candidates(spark));
    totals = store.write(next, totals, log);
    return store.read(spark, totals.round());
  }

  private Dataset<Row> logged(int number, Visit... visits) throws IOException {
    try (WarcLog log =
        new WarcLog(files.fileSystem(), files.open(number, 0, 0), config, Map.of())) {
      for (Visit visit : visits) {
        log.visited(visit, null);
      }
      log.finish();
    }
    return LoggedRound.read(
        spark,
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(new SerializableConfiguration(new Configuration())),
        files.ofRound(number),
        new Scope(config, HOME_ONLY));
  }

  private static String[] links(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> HOST + "/" + i).toArray(String[]::new);
  }

  private static Visit page(String url, long time, String... links) {
    return Visits.of(url, Outcome.FETCHED, time, url, links);
  }

  private List<String> due(Frontier frontier, ScrapeConfig settings, long now, long revisitBefore) {
    return new Selection(settings, 7)
        .of(frontier.urls(), totals.urls(), now, revisitBefore).collectAsList().stream()
            .map(row -> row.<String>getAs("url"))
            .sorted()
            .toList();
  }

  private static Row only(Frontier frontier, String url) {
    return frontier.urls().filter("url = '" + url + "'").first();
  }

  @Test
  void linksBecomeTargetsOnceAtTheSmallestDepth() throws IOException {
    Visit deep =
        new Visit(
            HOST + "/0",
            5,
            0,
            0,
            false,
            Outcome.FETCHED,
            200,
            "text/html",
            1,
            null,
            null,
            null,
            null,
            List.of(HOST + "/1", HOST + "/2"),
            List.of(),
            1,
            1,
            0);
    round(deep);
    assertThat(only(round(), HOST + "/2").<Integer>getAs("depth")).isEqualTo(6);

    Frontier frontier = round(page(HOME, 2, links(1, 3)), page(HOME, 3, links(1, 2)));

    assertThat(frontier.urls().count()).isEqualTo(3); // /0 was visited without being a target
    assertThat(only(frontier, HOST + "/2").<Integer>getAs("depth")).isEqualTo(2);
    assertThat(only(frontier, HOME).<Long>getAs("firstVisit")).isEqualTo(2);
    assertThat(only(frontier, HOME).<Long>getAs("lastVisit")).isEqualTo(3);
    assertThat(totals.visits(Outcome.FETCHED)).isEqualTo(3);
  }

  @Test
  void aFailedVisitIsTriedAgainWhenItsTimeHasCome() throws IOException {
    Visit busy =
        new Visit(
            HOME,
            0,
            0,
            1,
            false,
            Outcome.RATE_LIMITED,
            429,
            null,
            0,
            null,
            null,
            null,
            null,
            List.of(),
            List.of(),
            100,
            110,
            5000);
    Frontier frontier = round(busy);

    assertThat(due(frontier, config, 4999, NEVER)).isEmpty();
    assertThat(due(frontier, config, 5000, NEVER)).containsExactly(HOME);
    assertThat(due(round(page(HOME, 6000)), config, 9000, NEVER)).isEmpty();
  }

  @Test
  void pagesBecomeDueAgainWithWhatTheServerSaidOfThem() throws IOException {
    Frontier frontier = round(page(HOME, 1000));

    assertThat(due(frontier, config, 2000, 999)).isEmpty();
    assertThat(due(frontier, config, 2000, 1000)).containsExactly(HOME);
    Visit failed =
        new Visit(
            HOME,
            0,
            0,
            1,
            false,
            Outcome.TIMEOUT,
            0,
            null,
            0,
            null,
            null,
            null,
            null,
            List.of(),
            List.of(),
            2000,
            2000,
            0);
    Row row = only(round(failed), HOME);
    assertThat(row.<String>getAs("etag")).isEqualTo("\"tag\"");
    assertThat(row.<String>getAs("digest")).startsWith("sha1:");
    assertThat(row.<Long>getAs("stored")).isEqualTo(1000);
    assertThat(row.<String>getAs("outcome")).isEqualTo("timeout");
  }

  @Test
  void budgetsAreNeverExceededAndAlwaysUsedUp() throws IOException {
    Frontier frontier = round(page(HOME, 1, links(0, 40)));
    ScrapeConfig perHost = ScrapeConfigs.local(Map.of("seeds", HOME_ONLY, "maxPagesPerHost", 11));
    ScrapeConfig whole = ScrapeConfigs.local(Map.of("seeds", HOME_ONLY, "maxPages", 6));

    List<String> tenOfHost = due(frontier, perHost, 2, NEVER); // one page is held
    List<String> five = due(frontier, whole, 2, NEVER);
    assertThat(tenOfHost).hasSize(10);
    assertThat(five).hasSize(5).isSubsetOf(tenOfHost);
    assertThat(due(frontier, whole, 2, NEVER)).isEqualTo(five);

    // One that brings no page leaves its place to another.
    Visit[] visits = five.stream().map(url -> page(url, 3)).toArray(Visit[]::new);
    visits[0] = Visits.of(five.get(0), Outcome.NOT_FOUND, 3, "");
    frontier = round(visits);
    assertThat(due(frontier, whole, 4, NEVER)).hasSize(1).doesNotContainAnyElementsOf(five);
    frontier = round(page(due(frontier, whole, 4, NEVER).get(0), 5));
    assertThat(due(frontier, whole, 6, NEVER)).isEmpty();
    // What is held may be asked for again.
    assertThat(due(frontier, whole, 6, 5)).hasSize(6);
  }

  @Test
  void theNextRoundDoesNotDependOnTheOrderOfTheLog() throws IOException {
    Frontier before = round(page(HOME, 1, links(0, 20)));
    Dataset<Row> none = spark.createDataFrame(List.of(), LoggedRound.CANDIDATE);
    Visit[] visits = new Visit[20];
    Arrays.setAll(visits, i -> page(HOST + "/" + i, i + 1, links(i, i + 5)));
    List<Row> once = sorted(before.next(logged(8, visits), none));
    Collections.reverse(Arrays.asList(visits));

    assertThat(sorted(before.next(logged(9, visits), none))).isEqualTo(once);
  }

  private static List<Row> sorted(Frontier frontier) {
    return frontier.urls().orderBy("url").collectAsList();
  }

  @Test
  void twoFrontiersStay() throws IOException {
    round(page(HOME, 1));
    round();
    round();

    assertThat(folder.resolve("_frontier").toFile().list())
        .containsExactlyInAnyOrder("round-00003", "round-00004");
    assertThat(store.newest()).contains(totals);
  }

  @Test
  void aHostsStateIsTheNewestWithTheLatestPause() throws IOException {
    byte[] robots = Visits.bytes("User-agent: *\nDisallow:\n");
    try (WarcLog log = new WarcLog(files.fileSystem(), files.open(2, 1, 99), config, Map.of())) {
      log.host(new HostState(HOST, robots, 200, 50, null, List.of(HOST + "/sitemap.xml"), 60));
      log.finish();
    }
    Frontier frontier = round(page(HOME, 70));

    Row host = frontier.hosts().first();
    assertThat(frontier.hosts().count()).isEqualTo(1);
    assertThat(host.<Long>getAs("notBefore")).isEqualTo(80);
    assertThat(host.<Row>getAs("state").<byte[]>getAs("robots")).isEqualTo(robots);
    assertThat(only(frontier, HOST + "/sitemap.xml").<Boolean>getAs("sitemap")).isTrue();
    assertThat(totals.robots()).isEqualTo(1);
  }
}
