package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a host is visited: robots.txt, delays, retries, and when it is left. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class HostVisitsTest {
  private static final Map<String, ?> DEFAULTS = Map.of();

  private final RecordingLog log = new RecordingLog();
  private RawServer server;

  @BeforeEach
  void start() throws IOException {
    server = new RawServer();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private HostWork work(RawServer of, String... paths) {
    List<Target> targets = Arrays.stream(paths).map(path -> Target.first(of.url(path), 0)).toList();
    return new HostWork(HostState.unknown(of.host()), targets);
  }

  private void run(Map<String, ?> settings, HostWork... hosts)
      throws IOException, InterruptedException {
    new HostVisits(ScrapeConfigs.local(settings))
        .run(List.of(hosts), log, Instant.now().plusSeconds(20));
  }

  private void robots(String text) {
    server.on("/robots.txt", RawServer.ok("text/plain", text));
  }

  private List<Outcome> outcomes(String path) {
    return log.outcomes(server.url(path));
  }

  @Test
  void forbiddenPagesAreNeverAskedFor() throws Exception {
    robots("User-agent: *\nDisallow: /private\n");
    server.page("/a", "a").page("/private/b", "b");
    run(DEFAULTS, work(server, "/private/b", "/a", "/private/c"));
    assertThat(outcomes("/a")).containsExactly(Outcome.FETCHED);
    assertThat(outcomes("/private/b")).containsExactly(Outcome.ROBOTS);
    assertThat(outcomes("/private/c")).containsExactly(Outcome.ROBOTS);
    assertThat(log.last(server.url("/private/b")).retryAt()).isZero();
    assertThat(server.paths()).containsExactly("/robots.txt", "/.well-known/tdmrep.json", "/a");
  }

  @Test
  void robotsTxtIsRememberedForADay() throws Exception {
    robots("User-agent: *\nDisallow: /b\n");
    server.page("/a", "a");
    run(DEFAULTS, work(server, "/a"));
    HostState state = log.hosts.get(server.host());
    assertThat(state.robotsStatus()).isEqualTo(200);
    run(DEFAULTS, new HostWork(state, work(server, "/a", "/b").targets()));
    assertThat(server.count("/robots.txt")).isEqualTo(1);
    assertThat(outcomes("/b")).containsExactly(Outcome.ROBOTS);
    long old = state.robotsFetched() - TimeUnit.HOURS.toMillis(24);
    HostState stale =
        new HostState(state.host(), state.robots(), 200, old, null, List.of(), state.notBefore());
    run(DEFAULTS, new HostWork(stale, work(server, "/a").targets()));
    assertThat(server.count("/robots.txt")).isEqualTo(2);
  }

  @Test
  void redirectsOfRobotsTxtAreFollowed() throws Exception {
    try (RawServer other = new RawServer()) {
      server.on("/robots.txt", redirect("/r1")).on("/r1", redirect(other.url("/r2")));
      other.on("/r2", RawServer.ok("text/plain", "User-agent: *\nDisallow: /\n"));
      run(DEFAULTS, work(server, "/a"));
      assertThat(outcomes("/a")).containsExactly(Outcome.ROBOTS);
    }
  }

  private static String redirect(String to) {
    return "HTTP/1.1 302 Found\r\nLocation: " + to + "\r\n\r\n";
  }

  @Test
  void robotsTxtThatOnlyRedirectsIsNone() throws Exception {
    server.on("/robots.txt", redirect("/robots.txt")).page("/a", "a");
    run(DEFAULTS, work(server, "/a"));
    assertThat(server.count("/robots.txt")).as("five redirects").isEqualTo(6);
    assertThat(outcomes("/a")).containsExactly(Outcome.FETCHED);
  }

  @Test
  void aLargeRobotsTxtIsReadToItsBound() throws Exception {
    robots("User-agent: *\nDisallow: /a\n" + "#".repeat(5_000_000) + "\nDisallow: /b\n");
    server.page("/b", "b");
    run(DEFAULTS, work(server, "/a", "/b"));
    assertThat(outcomes("/a")).containsExactly(Outcome.ROBOTS);
    assertThat(outcomes("/b")).containsExactly(Outcome.FETCHED);
    assertThat(log.hosts.get(server.host()).robots()).hasSize(500 << 10);
  }

  @Test
  void withoutAnAnswerForRobotsTxtNothingIsAskedFor() throws Exception {
    server.on("/robots.txt", "HTTP/1.1 503 Busy\r\n\r\n").page("/a", "a");
    run(DEFAULTS, work(server, "/a"));
    Outcome unreachable = Outcome.ROBOTS_UNREACHABLE;
    assertThat(outcomes("/a")).containsExactly(unreachable, unreachable, unreachable);
    assertThat(log.last(server.url("/a")).attempts()).isEqualTo(3);
    assertThat(log.last(server.url("/a")).retryAt()).isZero();
    assertThat(server.paths()).containsOnly("/robots.txt").hasSizeBetween(2, 3);
  }

  @Test
  void aDelayLongerThanThatOfRetriesEndsAllTheSame() throws Exception {
    server.on("/robots.txt", "HTTP/1.1 503 Busy\r\n\r\n");
    run(Map.of("delayMillis", 50, "retries", 1), work(server, "/a"));
    assertThat(outcomes("/a"))
        .containsExactly(Outcome.ROBOTS_UNREACHABLE, Outcome.ROBOTS_UNREACHABLE);
  }

  @Test
  void whenRobotsTxtComesBackPagesAreFetched() throws Exception {
    AtomicInteger times = new AtomicInteger();
    server
        .page("/a", "a")
        .on(
            "/robots.txt",
            (request, out) -> {
              String status = times.getAndIncrement() == 0 ? "500 Oops" : "404 No";
              out.write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            });
    run(DEFAULTS, work(server, "/a"));
    assertThat(outcomes("/a")).containsExactly(Outcome.ROBOTS_UNREACHABLE, Outcome.FETCHED);
  }

  @Test
  void thereIsOneRequestAtATimeAndADelayAfterEach() throws Exception {
    try (RawServer other = new RawServer()) {
      String[] paths = IntStream.range(0, 5).mapToObj(i -> "/" + i).toArray(String[]::new);
      for (String path : paths) {
        server.on(
            path,
            (request, out) -> {
              server.dawdle(30);
              out.write(RawServer.ok("text/html", path).getBytes(StandardCharsets.US_ASCII));
            });
        other.page(path, path);
      }
      run(Map.of("delayMillis", 60), work(server, paths), work(other, paths));
      assertThat(log.visits).hasSize(10).allMatch(v -> v.outcome() == Outcome.FETCHED);
      assertThat(server.mostOpen()).isEqualTo(1);
      assertGaps(server, 2, 90);
      assertGaps(other, 0, 60);
    }
  }

  /**
   * A request begins at least so many milliseconds after the one before; clocks may differ a bit.
   */
  private static void assertGaps(RawServer of, int from, long millis) {
    for (int i = from + 1; i < of.times.size(); i++) {
      long gap = TimeUnit.NANOSECONDS.toMillis(of.times.get(i) - of.times.get(i - 1));
      assertThat(gap).as("before request %d", i).isGreaterThanOrEqualTo(millis - 5);
    }
  }

  @Test
  void theDelayHoldsFromOneRoundToTheNext() throws Exception {
    server.page("/a", "a").page("/b", "b");
    run(Map.of("delayMillis", 150), work(server, "/a"));
    Visit visit = log.last(server.url("/a"));
    HostState state = log.hosts.get(server.host()).notBefore(visit.notBefore());
    run(Map.of("delayMillis", 150), new HostWork(state, work(server, "/b").targets()));
    assertThat(server.paths()).endsWith("/a", "/b").hasSize(4);
    assertGaps(server, 0, 150);
  }

  @Test
  void aLongerCrawlDelayIsKeptAndATooLongOneEndsTheVisit() throws Exception {
    robots("User-agent: *\nCrawl-delay: 0.2\n");
    server.page("/a", "a").page("/b", "b");
    run(DEFAULTS, work(server, "/a", "/b"));
    assertThat(server.paths()).endsWith("/a", "/b");
    assertGaps(server, 0, 200);
    try (RawServer slow = new RawServer()) {
      slow.on("/robots.txt", RawServer.ok("text/plain", "User-agent: *\nCrawl-delay: 3600\n"));
      run(DEFAULTS, work(slow, "/a"));
      assertThat(log.outcomes(slow.url("/a"))).containsExactly(Outcome.CRAWL_DELAY);
      assertThat(slow.paths()).containsExactly("/robots.txt");
    }
  }

  @Test
  void failuresThatPassAreTriedAgain() throws Exception {
    AtomicInteger times = new AtomicInteger();
    server.on(
        "/a",
        (request, out) -> {
          String[] answers = {"HTTP/1.1 500 Oops\r\n\r\n", "", RawServer.ok("text/html", "a")};
          out.write(answers[times.getAndIncrement()].getBytes(StandardCharsets.US_ASCII));
        });
    server.on("/b", "HTTP/1.1 500 Oops\r\n\r\n").on("/c", "HTTP/1.1 403 No\r\n\r\n");
    run(DEFAULTS, work(server, "/a", "/b", "/c"));
    assertThat(outcomes("/a"))
        .containsExactly(Outcome.SERVER_ERROR, Outcome.UNREACHABLE, Outcome.FETCHED);
    assertThat(log.last(server.url("/a")).attempts()).isZero();
    assertThat(outcomes("/b")).hasSize(3).containsOnly(Outcome.SERVER_ERROR);
    assertThat(log.last(server.url("/b")).retryAt()).isZero();
    assertThat(outcomes("/c")).containsExactly(Outcome.REFUSED);
  }

  @Test
  void retryAfterIsWaitedForByTheWholeHost() throws Exception {
    AtomicInteger times = new AtomicInteger();
    server
        .page("/b", "b")
        .on(
            "/a",
            (request, out) -> {
              String answer =
                  times.getAndIncrement() == 0
                      ? "HTTP/1.1 429 Slow\r\nRetry-After: 1\r\n\r\n"
                      : RawServer.ok("text/html", "a");
              out.write(answer.getBytes(StandardCharsets.US_ASCII));
            });
    run(Map.of("respectAiOptOut", false), work(server, "/a", "/b"));
    assertThat(outcomes("/a")).containsExactly(Outcome.RATE_LIMITED, Outcome.FETCHED);
    assertThat(outcomes("/b")).containsExactly(Outcome.FETCHED);
    long gap = server.times.get(2) - server.times.get(1);
    assertThat(TimeUnit.NANOSECONDS.toMillis(gap)).isGreaterThanOrEqualTo(995);
  }

  @Test
  void aTooLongRetryAfterEndsTheVisit() throws Exception {
    server.on("/a", "HTTP/1.1 503 Down\r\nRetry-After: 86400\r\n\r\n").page("/b", "b");
    run(DEFAULTS, work(server, "/a", "/b"));
    assertThat(outcomes("/a")).containsExactly(Outcome.RETRY_AFTER_TOO_LONG);
    assertThat(outcomes("/b")).containsExactly(Outcome.RETRY_AFTER_TOO_LONG);
    assertThat(server.count("/b")).isZero();
  }

  @Test
  void aFailingHostIsLeftAlone() throws Exception {
    for (String path : List.of("/a", "/b", "/c", "/d", "/e")) {
      server.on(path, "");
    }
    run(
        Map.of("retryMillis", 60_000, "maxRetryMillis", 60_000),
        work(server, "/a", "/b", "/c", "/d", "/e"));
    assertThat(outcomes("/c")).containsExactly(Outcome.UNREACHABLE);
    for (String path : List.of("/d", "/e")) {
      assertThat(outcomes(path)).containsExactly(Outcome.HOST_FAILING);
      assertThat(log.last(server.url(path)).attempts()).isEqualTo(1);
      assertThat(log.last(server.url(path)).retryAt()).isPositive();
      assertThat(server.count(path)).isZero();
    }
  }

  @Test
  void aHostThatIsNotThereCostsNothingElse() throws Exception {
    String gone;
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      gone = "http://127.0.0.1:" + unused.getLocalPort();
    }
    HostWork dead = new HostWork(HostState.unknown(gone), List.of(Target.first(gone + "/x", 3)));
    String nameless = "http://no-such-host.invalid";
    HostWork unknown =
        new HostWork(HostState.unknown(nameless), List.of(Target.first(nameless + "/x", 3)));
    server.page("/a", "a");
    run(Map.of("retries", 0), dead, unknown, work(server, "/a"));
    assertThat(log.outcomes(gone + "/x")).containsExactly(Outcome.ROBOTS_UNREACHABLE);
    assertThat(log.outcomes(nameless + "/x")).containsExactly(Outcome.UNKNOWN_HOST);
    assertThat(log.last(gone + "/x").depth()).isEqualTo(3);
    assertThat(outcomes("/a")).containsExactly(Outcome.FETCHED);
  }

  @Test
  void privateHostsAreRefusedWithAReason() throws Exception {
    run(Map.of("allowPrivateAddresses", false), work(server, "/a", "/b"));
    assertThat(log.visits).extracting(Visit::outcome).containsOnly(Outcome.PRIVATE_ADDRESS);
    assertThat(log.visits).hasSize(2).allMatch(v -> v.retryAt() == 0);
    assertThat(server.requests).isEmpty();
  }

  @Test
  void whatIsLeftAtTheDeadlineIsNotLogged() throws Exception {
    String[] paths = IntStream.range(0, 50).mapToObj(i -> "/" + i).toArray(String[]::new);
    Arrays.stream(paths).forEach(path -> server.page(path, path));
    new HostVisits(ScrapeConfigs.local(Map.of("delayMillis", 50)))
        .run(List.of(work(server, paths)), log, Instant.now().plusMillis(500));
    assertThat(log.visits).hasSizeLessThan(50);
    assertThat(log.visits).extracting(Visit::outcome).allMatch(Outcome.FETCHED::equals);
    assertThat(server.requests).hasSize(log.visits.size() + 2);
  }

  @Test
  void anInterruptEndsARunAtOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    server.on(
        "/a",
        (request, out) -> {
          asked.countDown();
          server.dawdle(60_000);
        });
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread runner =
        new Thread(
            () -> {
              try {
                run(Map.of("readMillis", 60_000, "totalMillis", 60_000), work(server, "/a", "/b"));
              } catch (IOException | InterruptedException e) {
                thrown.set(e);
              }
            });
    runner.start();
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    runner.interrupt();
    runner.join();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(log.visits).as("what was under way stays in the frontier").isEmpty();
  }

  @Test
  void aLogThatFailsEndsTheRun() throws Exception {
    server.page("/a", "a");
    VisitLog failing =
        new VisitLog() {
          @Override
          public void visited(Visit visit, Exchange exchange) throws IOException {
            throw new IOException("disk full");
          }

          @Override
          public void host(HostState state) {}
        };
    HostVisits visits = new HostVisits(ScrapeConfigs.local());
    Instant deadline = Instant.now().plusSeconds(20);
    assertThatThrownBy(() -> visits.run(List.of(work(server, "/a", "/b")), failing, deadline))
        .isInstanceOf(IOException.class)
        .hasMessage("disk full");
  }

  @Test
  void nothingToDoIsDoneAtOnce() throws Exception {
    run(DEFAULTS);
    run(DEFAULTS, work(server));
    assertThat(log.visits).isEmpty();
    assertThat(server.requests).isEmpty();
  }
}
