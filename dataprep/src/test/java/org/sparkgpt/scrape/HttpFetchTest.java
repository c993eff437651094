package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class HttpFetchTest {
  private static final int MAX_BODY = 1000;

  private RawServer server;
  private final HttpFetch fetch =
      new HttpFetch(ScrapeConfigs.local(Map.of("readMillis", 300, "totalMillis", 600)));

  @BeforeEach
  void start() throws IOException {
    server = new RawServer();
  }

  @AfterEach
  void stop() throws IOException {
    fetch.close();
    server.close();
  }

  private HttpFetch.Answer get(String path) throws FetchException {
    return get(path, false);
  }

  private HttpFetch.Answer get(String path, boolean cut) throws FetchException {
    List<String> html = List.of("text/html");
    return fetch.get(new HttpFetch.Request(server.url(path), html, null, null, MAX_BODY, cut));
  }

  private Outcome failure(String path) {
    return catchThrowableOfType(FetchException.class, () -> get(path)).outcome();
  }

  private static String header(String... fields) {
    return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
        + String.join("", List.of(fields).stream().map(f -> f + "\r\n").toList())
        + "\r\n";
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void theBytesAreThoseOnTheWire() throws IOException {
    String header =
        "HTTP/1.1 200 Fine\r\ncontent-TYPE:  Text/HTML; charset=x\r\nOdd line\nA: b\r\n\r\n";
    server.on("/p?q=1", header + "hello");
    HttpFetch.Answer answer = get("/p?q=1");
    assertThat(text(answer.head().raw())).isEqualTo(header);
    assertThat(answer.head().mediaType()).isEqualTo("text/html");
    assertThat(answer.head().first("a")).contains("b");
    assertThat(text(answer.body())).isEqualTo("hello");
    assertThat(answer.address()).isEqualTo(InetAddress.getByName("127.0.0.1"));
    assertThat(text(answer.requestHeader()).lines())
        .containsExactly(
            "GET /p?q=1 HTTP/1.1",
            "Host: " + server.host().substring(7),
            "User-Agent: testbot/1.0 (+https://example.org/bot)",
            "Accept: text/html",
            "Accept-Encoding: gzip, br",
            "Connection: close",
            "");
    assertThat(server.requests.get(0))
        .isEqualTo(text(answer.requestHeader()).replace("\r", "").replaceFirst("\n\n$", "\n"));
  }

  @Test
  void chunksAreJoinedAndTheHeaderSaysSo() throws IOException {
    server.on(
        "/",
        header("Transfer-Encoding: chunked", "content-length: 3")
            + "5;x=\"y\"\r\nhello\r\n6 \r\n world\r\n000\r\nTrailer: x\r\n\r\n");
    HttpFetch.Answer answer = get("/");
    assertThat(text(answer.body())).isEqualTo("hello world");
    assertThat(text(answer.head().withoutTransferCoding()))
        .isEqualTo(header("X-Crawl-Transfer-Encoding: chunked", "X-Crawl-content-length: 3"));
  }

  @Test
  void moreThanTheAnnouncedLengthIsNotRead() throws IOException {
    server.on("/", header("Content-Length: 5") + "hello, hello");
    assertThat(text(get("/").body())).isEqualTo("hello");
  }

  @Test
  void provisionalAnswersAreSkipped() throws IOException {
    server.on("/", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + header() + "hello");
    assertThat(text(get("/").body())).isEqualTo("hello");
  }

  @ParameterizedTest
  @CsvSource({"404 No, text/html", "200 OK, image/png", "301 Moved, text/html"})
  void aBodyNobodyWantsIsNotRead(String status, String mediaType) throws IOException {
    server.on(
        "/",
        (request, out) -> {
          out.write(
              ("HTTP/1.1 " + status + "\r\nContent-Type: " + mediaType + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
          writeForever(out, "x".repeat(1000));
        });
    assertThat(get("/").body()).isNull();
  }

  private static void writeForever(OutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    while (true) {
      out.write(bytes);
    }
  }

  @Test
  void aBodyOfTheLimitsSizeIsTaken() throws IOException {
    server.on("/", header() + "x".repeat(MAX_BODY));
    assertThat(get("/").body()).hasSize(MAX_BODY);
    server.on("/length", header("Content-Length: 1000") + "x".repeat(MAX_BODY));
    assertThat(get("/length").body()).hasSize(MAX_BODY);
  }

  @Test
  void endlessBodiesAreGivenUp() {
    server.on(
        "/",
        (request, out) -> {
          out.write(header().getBytes(StandardCharsets.US_ASCII));
          writeForever(out, "x");
        });
    assertThat(failure("/")).isEqualTo(Outcome.TOO_LARGE);
    server.on(
        "/chunked",
        (request, out) -> {
          out.write(header("Transfer-Encoding: chunked").getBytes(StandardCharsets.US_ASCII));
          writeForever(out, "1\r\nx\r\n");
        });
    assertThat(failure("/chunked")).isEqualTo(Outcome.TOO_LARGE);
    server.on("/announced", header("Content-Length: 999999999999"));
    assertThat(failure("/announced")).isEqualTo(Outcome.TOO_LARGE);
    server.on("/chunk", header("Transfer-Encoding: chunked") + "7ffffffffffffff\r\nx");
    assertThat(failure("/chunk")).isEqualTo(Outcome.TOO_LARGE);
  }

  @Test
  void aBodyMayBeCutInstead() throws IOException {
    server.on("/", header("Content-Length: 2000") + "x".repeat(2000));
    assertThat(get("/", true).body()).hasSize(MAX_BODY);
    server.on("/chunked", header("Transfer-Encoding: chunked") + "7d0\r\n" + "x".repeat(2000));
    assertThat(get("/chunked", true).body()).hasSize(MAX_BODY);
    server.on("/close", header() + "x".repeat(2000));
    assertThat(get("/close", true).body()).hasSize(MAX_BODY);
    assertThat(server.requests.get(0)).contains("Accept-Encoding: identity");
  }

  @Test
  void bodiesThatEndEarlyAreCut() {
    server.on("/length", header("Content-Length: 10") + "hello");
    assertThat(failure("/length")).isEqualTo(Outcome.CUT);
    String whole = header("Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n";
    for (int end = header("Transfer-Encoding: chunked").length(); end < whole.length(); end++) {
      server.on("/" + end, whole.substring(0, end));
      assertThat(failure("/" + end)).as("chunks cut at byte %d", end).isEqualTo(Outcome.CUT);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "<html>HTTP/0.9\n\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: -1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999999999999999999\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: gzip, chunked\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n8000000000000000\r\n",
      })
  void whatIsNotHttpIsRefused(String answer) {
    server.on("/", answer);
    assertThat(failure("/")).isEqualTo(Outcome.BAD_RESPONSE);
  }

  @Test
  void endlessHeadersAreGivenUp() {
    server.on(
        "/",
        (request, out) -> {
          out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
          writeForever(out, "A: b\r\n");
        });
    assertThat(failure("/")).isEqualTo(Outcome.BAD_RESPONSE);
    server.on("/line", (request, out) -> writeForever(out, "x"));
    assertThat(failure("/line")).isEqualTo(Outcome.BAD_RESPONSE);
    server.on("/provisional", (request, out) -> writeForever(out, "HTTP/1.1 100 Go on\r\n\r\n"));
    assertThat(failure("/provisional")).isEqualTo(Outcome.BAD_RESPONSE);
    server.on(
        "/extension",
        (request, out) -> {
          out.write(header("Transfer-Encoding: chunked").getBytes(StandardCharsets.US_ASCII));
          writeForever(out, "1;x");
        });
    assertThat(failure("/extension")).isEqualTo(Outcome.BAD_RESPONSE);
    server.on(
        "/trailers",
        (request, out) -> {
          out.write(
              (header("Transfer-Encoding: chunked") + "0\r\n").getBytes(StandardCharsets.US_ASCII));
          writeForever(out, "A: b\r\n");
        });
    assertThat(failure("/trailers")).isEqualTo(Outcome.BAD_RESPONSE);
  }

  @Test
  void aServerThatTricklesIsLeft() {
    server.on("/header", (request, out) -> trickle(out, ""));
    assertThat(failure("/header")).isEqualTo(Outcome.TIMEOUT);
    server.on("/body", (request, out) -> trickle(out, header("Content-Length: 900")));
    assertThat(failure("/body")).isEqualTo(Outcome.TIMEOUT);
  }

  private void trickle(OutputStream out, String first) throws IOException {
    out.write(first.getBytes(StandardCharsets.US_ASCII));
    while (server.dawdle(20)) {
      out.write('x');
    }
  }

  @Test
  void aServerThatFallsSilentIsLeft() {
    server.on(
        "/",
        (request, out) -> {
          out.write(header("Content-Length: 9").getBytes(StandardCharsets.US_ASCII));
          server.dawdle(60_000);
        });
    assertThat(failure("/")).isEqualTo(Outcome.TIMEOUT);
  }

  @Test
  void aServerThatHangsUpOrIsNotThereIsUnreachable() throws IOException {
    server.on("/", "");
    assertThat(failure("/")).isEqualTo(Outcome.UNREACHABLE);
    server.on("/header", "HTTP/1.1 200 OK\r\nA: b\r\n");
    assertThat(failure("/header")).isEqualTo(Outcome.UNREACHABLE);
    String gone;
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      gone = "http://127.0.0.1:" + unused.getLocalPort() + "/";
    }
    assertThatThrownBy(() -> fetch.get(request(gone))).hasMessage("unreachable");
  }

  private static HttpFetch.Request request(String url) {
    return new HttpFetch.Request(url, List.of(), null, null, MAX_BODY, false);
  }

  @Test
  void privateAddressesAreNotConnectedTo() {
    server.page("/", "hello");
    try (HttpFetch guarded =
        new HttpFetch(ScrapeConfigs.local(Map.of("allowPrivateAddresses", false)))) {
      assertThatThrownBy(() -> guarded.get(request(server.url("/")))).hasMessage("private-address");
      assertThatThrownBy(
              () -> guarded.get(request(server.url("/").replace("127.0.0.1", "localhost"))))
          .hasMessage("private-address");
    }
    assertThat(server.requests).isEmpty();
  }

  @Test
  void namesWithoutAnAddressAreUnknown() {
    assertThatThrownBy(() -> fetch.get(request("http://no-such-host.invalid/")))
        .hasMessage("unknown-host");
  }

  @Test
  void aServerWithoutTlsHasNone() {
    server.on("/", header() + "hello");
    String url = server.url("/").replace("http:", "https:");
    assertThatThrownBy(() -> fetch.get(request(url)))
        .isInstanceOfSatisfying(
            FetchException.class, e -> assertThat(e.outcome()).isIn(Outcome.TLS, Outcome.TIMEOUT));
  }

  @Test
  void validatorsAreSentBack() throws IOException {
    server.on("/", "HTTP/1.1 304 Same\r\nETag: \"x\"\r\n\r\n");
    String date = "Sun, 22 Nov 2026 00:00:00 GMT";
    HttpFetch.Answer answer =
        fetch.get(
            new HttpFetch.Request(server.url("/"), List.of(), "W/\"x\"", date, MAX_BODY, false));
    assertThat(answer.head().status()).isEqualTo(304);
    assertThat(server.requests.get(0).lines())
        .contains("If-None-Match: W/\"x\"", "If-Modified-Since: " + date);
  }

  @Test
  void closingBreaksOffWhatIsUnderWay() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    server.on(
        "/",
        (request, out) -> {
          asked.countDown();
          server.dawdle(60_000);
        });
    HttpFetch patient =
        new HttpFetch(ScrapeConfigs.local(Map.of("totalMillis", 60_000, "readMillis", 60_000)));
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                patient.get(request(server.url("/")));
              } catch (FetchException | RuntimeException e) {
                thrown.set(e);
              }
            });
    caller.start();
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    patient.close();
    caller.join();
    assertThat(thrown.get()).isInstanceOf(CancellationException.class);
  }
}
