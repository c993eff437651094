package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.netpreserve.jwarc.WarcDigest;

/** What comes of one page. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class PageVisitTest {
  private final ScrapeConfig config = ScrapeConfigs.local();
  private final HttpFetch fetch = new HttpFetch(config);
  private RawServer server;
  private PageVisit last;

  @BeforeEach
  void start() throws IOException {
    server = new RawServer();
  }

  @AfterEach
  void stop() throws IOException {
    fetch.close();
    server.close();
  }

  private Visit visit(Target target) {
    return visit(config, target);
  }

  private Visit visit(ScrapeConfig settings, Target target) {
    last = new PageVisit(settings, target, 1000);
    return last.visit(last.run(fetch), 0, 0, 0);
  }

  private Visit visit(String path) {
    return visit(Target.first(server.url(path), 2));
  }

  private static String html(String fields, String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + fields + "\r\n" + body;
  }

  @Test
  void aPageComesWithWhatItSays() throws Exception {
    String body = "<a href=/b>b</a>";
    String header =
        "HTTP/1.1 200 OK\r\nContent-Type: Text/HTML;charset=utf-8\r\nETag: \"1\"\r\n"
            + "Last-Modified: Sun, 22 Nov 2026 00:00:00 GMT\r\n\r\n";
    server.on("/a", header + body);
    Visit visit = visit("/a");
    MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
    String digest =
        new WarcDigest("sha1", sha1.digest(body.getBytes(StandardCharsets.US_ASCII))).base32();
    assertThat(visit)
        .isEqualTo(
            new Visit(
                server.url("/a"),
                2,
                0,
                0,
                false,
                Outcome.FETCHED,
                200,
                "text/html",
                16,
                "sha1:" + digest,
                "\"1\"",
                "Sun, 22 Nov 2026 00:00:00 GMT",
                null,
                List.of(server.url("/b")),
                List.of(),
                1000,
                0,
                0));
    assertThat(visit.linkDepth()).isEqualTo(3);
    assertThat(last.exchange().responseHeader()).asString().isEqualTo(header);
    assertThat(last.exchange().body()).asString().isEqualTo(body);
    assertThat(last.exchange().requestHeader()).asString().startsWith("GET /a HTTP/1.1\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "204 Empty, NO_PAGE",
    "206 Part, NO_PAGE",
    "300 Choose, NO_PAGE",
    "304 Same, NO_PAGE",
    "400 Bad, REFUSED",
    "401 Login, REFUSED",
    "403 No, REFUSED",
    "404 No, NOT_FOUND",
    "410 Gone, NOT_FOUND",
    "429 Slow, RATE_LIMITED",
    "500 Oops, SERVER_ERROR",
    "503 Busy, SERVER_ERROR",
    "302 Where, BAD_REDIRECT"
  })
  void aStatusHasItsOutcome(String status, Outcome outcome) {
    server.on("/a", "HTTP/1.1 " + status + "\r\nContent-Type: text/html\r\n\r\nbody");
    Visit visit = visit("/a");
    assertThat(visit.outcome()).isEqualTo(outcome);
    assertThat(visit.status()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
    assertThat(last.exchange()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"301", "302", "303", "307", "308"})
  void aRedirectSaysWhereTo(int status) {
    server.on("/a", "HTTP/1.1 " + status + " There\r\nLocation: b?utm_source=x#y\r\n\r\n");
    Visit visit = visit("/a");
    assertThat(visit.outcome()).isEqualTo(Outcome.REDIRECT);
    assertThat(visit.redirect()).isEqualTo(server.url("/b"));
    assertThat(visit.links()).isEmpty();
    assertThat(server.paths()).as("it is not followed").containsExactly("/a");
  }

  @ParameterizedTest
  @CsvSource({"'', 0", "file:///etc/passwd, 0", "javascript:x, 0", "#here, 0", "/ok, 3"})
  void redirectsToNowhereOrWithoutEndAreBad(String location, int redirects) {
    server.on("/a", "HTTP/1.1 302 There\r\nLocation: " + location + "\r\n\r\n");
    Target target = new Target(server.url("/a"), 0, redirects, 0, false, null, null, null);
    assertThat(visit(target).outcome()).isEqualTo(Outcome.BAD_REDIRECT);
    assertThat(visit(target).redirect()).isNull();
  }

  @Test
  void aPageThatDidNotChangeIsNotSentAgain() {
    server.on("/a", "HTTP/1.1 304 Same\r\n\r\n");
    Visit visit = visit(new Target(server.url("/a"), 0, 0, 0, false, "\"1\"", "then", "sha1:X"));
    assertThat(visit.outcome()).isEqualTo(Outcome.NOT_MODIFIED);
    assertThat(visit.etag()).isEqualTo("\"1\"");
    assertThat(visit.lastModified()).isEqualTo("then");
    assertThat(visit.digest()).isEqualTo("sha1:X");
    assertThat(last.exchange().body()).isEmpty();
    assertThat(server.requests.get(0))
        .contains("If-None-Match: \"1\"\n", "If-Modified-Since: then\n");
  }

  @Test
  void aFailedVisitForgetsNothingOfThePage() {
    server.on("/a", "HTTP/1.1 500 Oops\r\nETag: \"error\"\r\n\r\n");
    Visit visit = visit(new Target(server.url("/a"), 0, 0, 0, false, "\"1\"", "then", "sha1:X"));
    assertThat(List.of(visit.etag(), visit.lastModified(), visit.digest()))
        .containsExactly("\"1\"", "then", "sha1:X");
  }

  @Test
  void aPageWithTheSamePayloadIsADuplicate() {
    server.page("/a", "same");
    String digest = visit("/a").digest();
    Visit again = visit(new Target(server.url("/a"), 0, 0, 0, false, null, null, digest));
    assertThat(again.outcome()).isEqualTo(Outcome.DUPLICATE);
    assertThat(last.exchange()).isNotNull();
  }

  @Test
  void validatorsThatCouldForgeARequestAreDropped() {
    server.on("/a", html("ETag: \"\u00fc\"\r\nLast-Modified: " + "x".repeat(2000) + "\r\n", "a"));
    assertThat(visit("/a").etag()).isNull();
    assertThat(visit("/a").lastModified()).isNull();
  }

  @Test
  void noIndexKeepsThePageOutButNotItsLinks() {
    server.on("/a", html("X-Robots-Tag: noindex\r\n", "<a href=/b>b</a>"));
    assertThat(visit("/a").outcome()).isEqualTo(Outcome.NO_INDEX);
    assertThat(visit("/a").links()).containsExactly(server.url("/b"));
    assertThat(last.exchange()).isNull();
    server.page("/none", "<meta name=robots content=none><a href=/b>b</a>");
    assertThat(visit("/none").outcome()).isEqualTo(Outcome.NO_INDEX);
    assertThat(visit("/none").links()).isEmpty();
  }

  @Test
  void optOutsAreObeyedUnlessSettingsSayOtherwise() {
    server.on("/a", html("tdm-reservation: 1\r\n", "<a href=/b>b</a>"));
    assertThat(visit("/a").outcome()).isEqualTo(Outcome.OPT_OUT);
    assertThat(visit("/a").links()).isEmpty();
    assertThat(last.exchange()).isNull();
    server.page("/meta", "<meta name=robots content=noai>");
    assertThat(visit("/meta").outcome()).isEqualTo(Outcome.OPT_OUT);
    ScrapeConfig all = ScrapeConfigs.local(Map.of("respectAiOptOut", false));
    assertThat(visit(all, Target.first(server.url("/meta"), 0)).outcome())
        .isEqualTo(Outcome.FETCHED);
  }

  @Test
  void otherMediaTypesAreLeft() {
    server.on("/a", RawServer.ok("image/png", "x")).on("/b", "HTTP/1.1 200 OK\r\n\r\nx");
    assertThat(visit("/a").outcome()).isEqualTo(Outcome.MEDIA_TYPE);
    assertThat(visit("/a").mediaType()).isEqualTo("image/png");
    assertThat(visit("/b").outcome()).as("none declared").isEqualTo(Outcome.MEDIA_TYPE);
  }

  @Test
  void plainTextHasNoLinks() {
    server.on("/a", RawServer.ok("text/plain", "<a href=/b>b</a>"));
    assertThat(visit("/a").outcome()).isEqualTo(Outcome.FETCHED);
    assertThat(visit("/a").links()).isEmpty();
  }

  @Test
  void packedPagesAreReadAndKeptPacked() throws IOException {
    byte[] packed = ContentCodingTest.gzip("<a href=/b>b</a>".getBytes(StandardCharsets.US_ASCII));
    server.on("/a", (request, out) -> send(out, "gzip", packed));
    Visit visit = visit("/a");
    assertThat(visit.links()).containsExactly(server.url("/b"));
    assertThat(visit.bytes()).isEqualTo(packed.length);
    assertThat(last.exchange().body()).isEqualTo(packed);
  }

  private static void send(OutputStream out, String coding, byte[] body) throws IOException {
    out.write(html("Content-Encoding: " + coding + "\r\n", "").getBytes(StandardCharsets.US_ASCII));
    out.write(body);
  }

  @Test
  void bombsAndWhatDoesNotUnpackCostThatPage() throws IOException {
    byte[] bomb = ContentCodingTest.gzip(new byte[20 << 20]);
    server.on("/bomb", (request, out) -> send(out, "gzip", bomb));
    server.on("/broken", html("Content-Encoding: gzip\r\n", "no gzip"));
    assertThat(visit("/bomb").outcome()).isEqualTo(Outcome.TOO_LARGE);
    assertThat(visit("/broken").outcome()).isEqualTo(Outcome.CONTENT_CODING);
    assertThat(last.exchange()).isNull();
  }

  @Test
  void theCharsetIsThatOfTheHeader() {
    String body = "<a href=/\u00fc>b</a>";
    server.on(
        "/a",
        html("Content-Type: text/html; charset=latin1\r\n", body)
            .replaceFirst("Content-Type: text/html\r\n", ""));
    assertThat(visit("/a").links()).containsExactly(server.url("/%C3%BC"));
  }

  @Test
  void aSitemapGivesPagesAndAnIndexSitemaps() {
    server.on(
        "/s.xml",
        RawServer.ok("application/xml", "<urlset><url><loc>http://a.org/x</loc></url></urlset>"));
    Visit pages = visit(Target.sitemap(server.url("/s.xml"), 1));
    assertThat(pages.outcome()).isEqualTo(Outcome.SITEMAP);
    assertThat(pages.links()).containsExactly("http://a.org/x");
    assertThat(pages.linkDepth()).isZero();
    assertThat(last.exchange()).isNull();
    server.on(
        "/i.xml",
        RawServer.ok(
            "application/xml",
            "<sitemapindex><sitemap><loc>"
                + server.url("/i.xml?again")
                + "</loc></sitemap></sitemapindex>"));
    assertThat(visit(Target.sitemap(server.url("/i.xml"), 1)).sitemaps())
        .containsExactly(server.url("/i.xml?again"));
    assertThat(visit(Target.sitemap(server.url("/i.xml"), 2)).sitemaps())
        .as("an index that leads from index to index ends")
        .isEmpty();
  }

  @Test
  void whatIsNoSitemapIsCounted() {
    server.on("/s.xml", RawServer.ok("image/png", "\u0089PNG\r\n\u001a\n\u0000"));
    assertThat(visit(Target.sitemap(server.url("/s.xml"), 0)).outcome())
        .isEqualTo(Outcome.BAD_SITEMAP);
  }
}
