package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netpreserve.jwarc.WarcReader;
import org.netpreserve.jwarc.WarcRecord;
import org.netpreserve.jwarc.WarcResponse;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.extract.ExtractConfig;
import org.sparkgpt.ingest.IngestConfig;
import org.sparkgpt.ingest.IngestInput;
import org.sparkgpt.ingest.Ingestion;

/**
 * 1,000 pages on two hosts with robots.txt, one of which answers 500 and 429 now and then, a slow
 * host, and one with redirect loops, opt-outs and a calendar without end; the crawler is killed
 * twice.
 */
class KilledCrawlTest {
  private static final int TREE = 500;
  private static final int SLOW = 15;
  private static final int MAX_DEPTH = 5;
  private static final int DELAY = 4; // ms
  private static final int CRAWL_DELAY = 30; // ms
  private static final int KILLS = 2;

  @TempDir private java.nio.file.Path folder;
  private final List<TestSite> sites = new ArrayList<>();
  private TestSite calm;
  private TestSite moody;
  private TestSite slow;
  private TestSite odd;

  /** The process that gets killed; its arguments are the directory and the seeds. */
  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark = TinySpark.open("local[2]")) {
      crawl(spark, arguments[0], List.of(arguments).subList(1, arguments.length));
    }
  }

  private static CrawlReport crawl(SparkSession spark, String directory, List<String> seeds)
      throws IOException {
    Map<String, Object> settings =
        Map.of(
            "seeds", seeds,
            "scope", "host",
            "delayMillis", DELAY,
            "maxDepth", MAX_DEPTH,
            "maxPages", 5000);
    return Crawl.run(spark, ScrapeConfigs.local(settings), 7, new Path(directory));
  }

  @BeforeEach
  void openWeb() throws IOException {
    for (int i = 1; i <= 4; i++) {
      sites.add(new TestSite(i));
    }
    calm = sites.get(0);
    moody = sites.get(1);
    slow = sites.get(2);
    odd = sites.get(3);
    calm.tree(TREE, 25, "/private/a", "/private/b", "http://127.0.0.9:1/elsewhere");
    calm.robots("User-agent: *\nDisallow: /private\nSitemap: " + calm.url("/sitemap.xml") + "\n");
    calm.page("/private/a", "/private/b").page("/private/b").page("/listed");
    calm.page(
        "/sitemap.xml",
        (exchange, turn) -> {
          exchange.getResponseHeaders().set("Content-Type", "application/xml");
          String listed = "<url><loc>" + calm.url("/listed") + "</loc></url>";
          return new TestSite.Answer(
              200,
              "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">"
                  + listed
                  + "</urlset>");
        });
    moody.tree(TREE, 25);
    for (int i = 50; i < TREE; i += 100) {
      moody.page("/" + i, moodily(i, 500));
    }
    moody.page("/77", moodily(77, 429));
    slow.robots("User-agent: *\nCrawl-delay: " + CRAWL_DELAY / 1000.0 + "\n")
        .tree(SLOW, SLOW)
        .latency(40);
    openOdd();
  }

  /** A leaf of the tree that fails when it is asked for the first time. */
  private TestSite.Page moodily(int number, int status) {
    return (exchange, turn) -> {
      exchange.getResponseHeaders().set("Retry-After", "1");
      return turn == 0
          ? new TestSite.Answer(status, "")
          : new TestSite.Answer(200, TestSite.html(moody.url("/" + number), List.of()));
    };
  }

  private void openOdd() {
    odd.page("/", "/loop", "/chain", "/noindex", "/nofollow", "/noai", "/calendar?day=0");
    odd.redirect("/loop", "/loop2").redirect("/loop2", "/loop");
    odd.redirect("/chain", "/chain2").redirect("/chain2", "/end").page("/end");
    odd.page("/noindex", meta("noindex", "/behind-noindex")).page("/behind-noindex");
    odd.page("/nofollow", meta("nofollow", "/behind-nofollow")).page("/behind-nofollow");
    odd.page("/noai", meta("noai", "/behind-noai")).page("/behind-noai");
    for (int day = 0; day < 100; day++) {
      odd.page("/calendar?day=" + day, "/calendar?day=" + (day + 1));
    }
  }

  private static TestSite.Page meta(String robots, String link) {
    String page =
        TestSite.html(robots, List.of(link))
            .replace("<p>", "<meta name=\"robots\" content=\"" + robots + "\"><p>");
    return (exchange, turn) -> new TestSite.Answer(200, page);
  }

  @AfterEach
  void closeWeb() {
    sites.forEach(TestSite::close);
  }

  /** The pages that may be kept. */
  private List<String> pages() {
    Stream<String> odds =
        Stream.concat(
            Stream.of("/", "/end", "/nofollow", "/behind-noindex"),
            IntStream.range(0, MAX_DEPTH).mapToObj(day -> "/calendar?day=" + day));
    return Stream.of(
            tree(calm, TREE),
            tree(moody, TREE),
            tree(slow, SLOW),
            Stream.of(calm.url("/listed")),
            odds.map(odd::url))
        .flatMap(all -> all)
        .sorted()
        .toList();
  }

  private static Stream<String> tree(TestSite site, int pages) {
    return Stream.concat(
        Stream.of(site.url("/")), IntStream.range(0, pages).mapToObj(i -> site.url("/" + i)));
  }

  @Test
  void aCrawlKilledTwiceFetchesEveryAllowedPageOnce() throws Exception {
    String directory = folder.toUri().toString();
    List<String> seeds = sites.stream().map(site -> site.url("/")).toList();
    killAt(directory, seeds, 60);
    killAt(directory, seeds, 600);
    try (SparkSession spark = TinySpark.open("local[2]")) {
      CrawlReport report = crawl(spark, directory, seeds);

      assertThat(report.kept()).isEqualTo(pages().size());
      assertThat(report.dropped())
          .containsEntry("scrape/robots", 2L)
          .containsEntry("scrape/no-index", 1L)
          .containsEntry("scrape/opt-out", 1L)
          .containsEntry("scrape/redirect", 4L);
      assertThat(responses()).isEqualTo(pages());
      assertThat(ingested(spark)).isEqualTo(pages());
    }
    assertPolite();
  }

  private void killAt(String directory, List<String> seeds, int requests) throws Exception {
    int before = allRequests();
    CountDownLatch reached = new CountDownLatch(1);
    for (TestSite site : sites) {
      site.onRequest(
          path -> {
            if (allRequests() - before >= requests) {
              reached.countDown();
            }
          });
    }
    Process process = start(directory, seeds);
    AtomicReference<String> ended = new AtomicReference<>();
    process
        .onExit()
        .thenAccept(
            p -> {
              ended.set("the crawler ended with " + p.exitValue());
              reached.countDown();
            });
    try {
      assertThat(reached.await(3, TimeUnit.MINUTES)).as(requests + " requests").isTrue();
      assertThat(ended.get()).isNull();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private int allRequests() {
    return sites.stream().mapToInt(site -> site.requests().size()).sum();
  }

  private static Process start(String directory, List<String> seeds) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java.nio.file.Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx512m")); // it lives for seconds
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(KilledCrawlTest.class.getName(), directory));
    command.addAll(seeds);
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** The pages in the archives, by another reader. */
  private List<String> responses() throws IOException {
    List<String> pages = new ArrayList<>();
    try (Stream<java.nio.file.Path> files = java.nio.file.Files.list(folder)) {
      for (java.nio.file.Path file : files.filter(f -> f.toString().contains("crawl-")).toList()) {
        assertThat(file.toString()).endsWith(".warc.gz");
        try (WarcReader reader = new WarcReader(file)) {
          for (WarcRecord record : reader) {
            if (record instanceof WarcResponse response) {
              pages.add(response.target());
            }
          }
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return pages.stream().sorted().toList();
  }

  private List<String> ingested(SparkSession spark) {
    IngestInput warcs = new IngestInput(folder.toString(), List.of(), List.of());
    return Ingestion.read(
            spark,
            new IngestConfig(List.of(warcs), 1 << 20, 200, 1, 1 << 20),
            new ExtractConfig(ExtractConfig.Mode.RECALL, 1 << 20, 10_000, 512))
        .filter("reason is null")
        .collectAsList()
        .stream()
        .map(row -> row.<String>getAs(Document.URL))
        .sorted()
        .toList();
  }

  private void assertPolite() {
    int again = 0;
    for (TestSite site : sites) {
      List<TestSite.Request> requests =
          site.requests().stream()
              .sorted(Comparator.comparingLong(TestSite.Request::start))
              .toList();
      assertThat(site.mostActive()).as("requests at a time").isEqualTo(1);
      assertThat(requests)
          .extracting(TestSite.Request::path)
          .doesNotContainAnyElementsOf(FORBIDDEN);
      long delay = TimeUnit.MILLISECONDS.toNanos(site == slow ? CRAWL_DELAY : DELAY);
      long tick = TimeUnit.MILLISECONDS.toNanos(1); // the crawler's clock
      for (int i = 2; i < requests.size(); i++) {
        assertThat(requests.get(i).start() - requests.get(i - 1).end())
            .as("pause before %s", requests.get(i))
            .isGreaterThanOrEqualTo(delay - tick);
      }
      again += repeated(requests);
    }
    assertThat(again)
        .as("requests that a kill made necessary again")
        .isLessThanOrEqualTo(KILLS * sites.size());
  }

  private static final List<String> FORBIDDEN =
      List.of("/private/a", "/private/b", "/behind-nofollow", "/behind-noai", "/elsewhere");

  /** Requests for what had been answered before. */
  private static int repeated(List<TestSite.Request> requests) {
    Map<String, Long> answered =
        requests.stream()
            .filter(request -> request.status() < 400)
            .collect(
                Collectors.groupingBy(TestSite.Request::path, TreeMap::new, Collectors.counting()));
    return answered.values().stream().mapToInt(times -> times.intValue() - 1).sum();
  }
}
