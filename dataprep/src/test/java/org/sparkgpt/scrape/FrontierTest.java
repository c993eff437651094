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
  private static final ScrapeConfig CONFIG = ScrapeConfigs.local(Map.of("seeds", HOME_ONLY));
  private static final long NEVER = Long.MIN_VALUE;

  private static SparkSession spark;

  @TempDir private java.nio.file.Path folder;
  private CrawlFiles files;
  private Frontier frontier;
  private int rounds;

  @BeforeAll
  static void openSpark() {
    spark = TinySpark.open("local[2]");
  }

  @AfterAll
  static void closeSpark() {
    spark.stop();
  }

  @BeforeEach
  void begin() throws IOException {
    files = new CrawlFiles(new Configuration(), new Path(folder.toUri()));
    frontier = new FrontierStore(new Configuration(), new Path(folder.toUri())).read(spark, 0);
    round();
  }

  /** A round that logs these. */
  private void round(Visit... visits) throws IOException {
    frontier = stored(frontier.next(logged(++rounds, visits), roots()));
  }

  /** With tables that are no plans any more. */
  private static Frontier stored(Frontier frontier) {
    return new Frontier(
        spark.createDataFrame(frontier.urls().collectAsList(), Frontier.URLS),
        spark.createDataFrame(frontier.hosts().collectAsList(), Frontier.HOSTS));
  }

  private Dataset<Row> roots() throws IOException {
    return Roots.read(new Configuration(), CONFIG).candidates(spark);
  }

  private Dataset<Row> logged(int number, Visit... visits) throws IOException {
    try (WarcLog log =
        new WarcLog(files.fileSystem(), files.open(number, 0, 0), CONFIG, Map.of())) {
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
        new Scope(CONFIG, HOME_ONLY));
  }

  private static String[] links(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> HOST + "/" + i).toArray(String[]::new);
  }

  private static Visit page(String url, long time, String... links) {
    return Visits.of(url, Outcome.FETCHED, time, url, links);
  }

  private List<String> due(ScrapeConfig settings, long now, long revisitBefore) {
    return new Selection(settings, 7)
        .of(frontier.urls(), Long.MAX_VALUE, now, revisitBefore).collectAsList().stream()
            .map(row -> row.<String>getAs("url"))
            .sorted()
            .toList();
  }

  private Row only(String url) {
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
    assertThat(only(HOST + "/2").<Integer>getAs("depth")).isEqualTo(6);

    round(page(HOME, 2, links(1, 3)), page(HOME, 3, links(1, 2)));

    assertThat(frontier.urls().count()).isEqualTo(3); // /0 was visited without being a target
    assertThat(only(HOST + "/2").<Integer>getAs("depth")).isEqualTo(2);
    assertThat(only(HOME).<Long>getAs("firstVisit")).isEqualTo(2);
    assertThat(only(HOME).<Long>getAs("lastVisit")).isEqualTo(3);
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
    round(busy);

    assertThat(due(CONFIG, 4999, NEVER)).isEmpty();
    assertThat(due(CONFIG, 5000, NEVER)).containsExactly(HOME);
    round(page(HOME, 6000));
    assertThat(due(CONFIG, 9000, NEVER)).isEmpty();
  }

  @Test
  void pagesBecomeDueAgainWithWhatTheServerSaidOfThem() throws IOException {
    round(page(HOME, 1000));

    assertThat(due(CONFIG, 2000, 999)).isEmpty();
    assertThat(due(CONFIG, 2000, 1000)).containsExactly(HOME);
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
    round(failed);
    assertThat(only(HOME).<String>getAs("etag")).isEqualTo("\"tag\"");
    assertThat(only(HOME).<String>getAs("digest")).startsWith("sha1:");
    assertThat(only(HOME).<Long>getAs("stored")).isEqualTo(1000);
    assertThat(only(HOME).<String>getAs("outcome")).isEqualTo("timeout");
  }

  @Test
  void budgetsAreNeverExceededAndAlwaysUsedUp() throws IOException {
    round(page(HOME, 1, links(0, 40)));
    ScrapeConfig perHost = ScrapeConfigs.local(Map.of("seeds", HOME_ONLY, "maxPagesPerHost", 11));
    ScrapeConfig whole = ScrapeConfigs.local(Map.of("seeds", HOME_ONLY, "maxPages", 6));

    List<String> tenOfHost = due(perHost, 2, NEVER); // one page is held
    List<String> five = due(whole, 2, NEVER);
    assertThat(tenOfHost).hasSize(10);
    assertThat(five).hasSize(5).isSubsetOf(tenOfHost);

    // One that brings no page leaves its place to another.
    Visit[] visits = five.stream().map(url -> page(url, 3)).toArray(Visit[]::new);
    visits[0] = Visits.of(five.get(0), Outcome.NOT_FOUND, 3, "");
    round(visits);
    List<String> another = due(whole, 4, NEVER);
    assertThat(another).hasSize(1).doesNotContainAnyElementsOf(five);
    round(page(another.get(0), 5));
    assertThat(due(whole, 6, NEVER)).isEmpty();
    // What is held may be asked for again.
    assertThat(due(whole, 6, 5)).hasSize(6);
  }

  @Test
  void theNextRoundDoesNotDependOnTheOrderOfTheLog() throws IOException {
    round(page(HOME, 1, links(0, 20)));
    Visit[] visits = new Visit[20];
    Arrays.setAll(visits, i -> page(HOST + "/" + i, i + 1, links(i, i + 5)));
    List<Row> once = sorted(frontier.next(logged(8, visits), roots()));
    Collections.reverse(Arrays.asList(visits));

    assertThat(sorted(frontier.next(logged(9, visits), roots()))).isEqualTo(once);
  }

  private static List<Row> sorted(Frontier frontier) {
    return frontier.urls().orderBy("url").collectAsList();
  }

  @Test
  void twoFrontiersStayOnDiskWithWhatTheyAmountTo() throws IOException {
    FrontierStore store = new FrontierStore(new Configuration(), new Path(folder.toUri()));
    FrontierTotals totals = FrontierTotals.NONE;
    Dataset<Row> log = logged(8, page(HOME, 100, links(0, 2)), page(HOME, 200));
    Frontier next = stored(frontier.next(log, roots()));
    for (int i = 0; i < 3; i++) {
      totals = store.write(next, totals, log);
    }

    assertThat(folder.resolve("_frontier").toFile().list())
        .containsExactlyInAnyOrder("round-00002", "round-00003");
    assertThat(store.newest()).contains(totals);
    assertThat(totals.round()).isEqualTo(3);
    assertThat(totals.urls()).isEqualTo(3);
    assertThat(totals.unvisited()).isEqualTo(2);
    assertThat(totals.oldestVisit()).isEqualTo(200);
    assertThat(totals.visits(Outcome.FETCHED)).isEqualTo(6);
    assertThat(sorted(store.read(spark, 3))).isEqualTo(sorted(next));
  }

  @Test
  void aHostsStateIsTheNewestWithTheLatestPause() throws IOException {
    byte[] robots = Visits.bytes("User-agent: *\nDisallow:\n");
    try (WarcLog log = new WarcLog(files.fileSystem(), files.open(2, 1, 99), CONFIG, Map.of())) {
      log.host(new HostState(HOST, robots, 200, 50, null, List.of(HOST + "/sitemap.xml"), 60));
      log.finish();
    }
    round(page(HOME, 70));

    Row host = frontier.hosts().first();
    assertThat(frontier.hosts().count()).isEqualTo(1);
    assertThat(host.<Long>getAs("notBefore")).isEqualTo(80);
    assertThat(host.<Row>getAs("state").<byte[]>getAs("robots")).isEqualTo(robots);
    assertThat(only(HOST + "/sitemap.xml").<Boolean>getAs("sitemap")).isTrue();
  }
}
