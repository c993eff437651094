package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netpreserve.jwarc.WarcReader;
import org.netpreserve.jwarc.WarcRecord;
import org.netpreserve.jwarc.WarcResponse;
import org.netpreserve.jwarc.WarcRevisit;

class WarcLogTest {
  private static final String A = "http://a.example/a";
  private static final String B = "http://a.example/b";
  private static final long TIME = Instant.parse("2026-01-02T03:04:05.678Z").toEpochMilli();

  @TempDir private java.nio.file.Path folder;
  private CrawlFiles files;

  @BeforeEach
  void openFolder() throws IOException {
    files = new CrawlFiles(new Configuration(), new Path(folder.toUri()));
  }

  private WarcLog log(int attempt, Map<String, Long> stored) throws IOException {
    return new WarcLog(
        files.fileSystem(), files.open(1, 0, attempt), ScrapeConfigs.local(), stored);
  }

  private static HostState state() {
    byte[] robots = Visits.bytes("User-agent: *\nDisallow: /x\n");
    return new HostState(
        "http://a.example",
        robots,
        200,
        TIME,
        null,
        List.of("http://a.example/sitemap.xml"),
        TIME + 7);
  }

  private static List<String> said(LogReader log) throws IOException {
    List<String> said = new ArrayList<>();
    while (log.next()) {
      said.add(log.visit().map(Visit::url).orElseGet(() -> log.host().orElseThrow().host()));
    }
    return said;
  }

  /** As {@code type url}, by another reader. */
  private static List<String> records(java.nio.file.Path file) throws IOException {
    List<String> records = new ArrayList<>();
    try (WarcReader reader = new WarcReader(file)) {
      for (WarcRecord record : reader) {
        records.add(
            record.type() + record.headers().first("WARC-Target-URI").map(u -> " " + u).orElse(""));
      }
    }
    return records;
  }

  @Test
  void allThatAVisitAndAHostSayComesBack() throws IOException {
    Visit visit =
        new Visit(
            A,
            3,
            2,
            1,
            true,
            Outcome.RATE_LIMITED,
            429,
            null,
            12,
            null,
            "W/\"x\\u00e9: y\"",
            "Sat, 01 Jan 2000 00:00:00 GMT",
            B,
            List.of(B, A),
            List.of(A),
            TIME,
            TIME + 1,
            TIME + 2);
    try (WarcLog log = log(0, Map.of())) {
      log.visited(visit, null);
      log.host(state());
      log.finish();
    }

    try (LogReader log = files.read(files.ofRound(1).get(0))) {
      assertThat(log.next()).isTrue();
      assertThat(log.visit()).contains(visit);
      assertThat(log.next()).isTrue();
      assertThat(log.host().orElseThrow()).usingRecursiveComparison().isEqualTo(state());
      assertThat(log.next()).isFalse();
    }
  }

  @Test
  void aVisitIsInTheFileWhenItsMethodReturns() throws IOException {
    try (WarcLog log = log(0, Map.of())) {
      log.visited(Visits.of(A, Outcome.FETCHED, TIME, "one"), Visits.exchange(A, "one"));
      Path open = files.ofRound(1).get(0);

      assertThat(open.getName()).endsWith(".warc.gz.open");
      try (LogReader reader = LogReader.cut(files.fileSystem(), open)) {
        assertThat(said(reader)).containsExactly(A);
      }
    }
  }

  @Test
  void otherReadersFindThePageWithItsFields() throws IOException {
    try (WarcLog log = log(0, Map.of())) {
      log.host(state());
      log.visited(Visits.of(A, Outcome.FETCHED, TIME, "<p>é"), Visits.exchange(A, "<p>é"));
      log.visited(Visits.of(B, Outcome.NO_INDEX, TIME, ""), null);
      log.finish();
    }
    java.nio.file.Path file = folder.resolve("crawl-00001-00000-0.warc.gz");

    assertThat(records(file))
        .containsExactly(
            "warcinfo",
            "resource http://a.example/robots.txt",
            "metadata http://a.example/",
            "response " + A,
            "request " + A,
            "metadata " + A,
            "metadata " + B);
    try (WarcReader reader = new WarcReader(file)) {
      WarcResponse response =
          (WarcResponse)
              reader.records().filter(WarcResponse.class::isInstance).findFirst().orElseThrow();
      assertThat(response.date()).isEqualTo(Instant.ofEpochMilli(TIME));
      assertThat(response.ipAddress()).contains(java.net.InetAddress.getLoopbackAddress());
      assertThat(response.payloadDigest().orElseThrow().raw())
          .isEqualTo(org.sparkgpt.scrape.WarcRecord.sha1(Visits.bytes("<p>é")));
      assertThat(response.http().status()).isEqualTo(200);
      assertThat(response.http().body().stream().readAllBytes()).isEqualTo(Visits.bytes("<p>é"));
    }
  }

  @Test
  void whatIsHeldAlreadyBecomesARevisitRecord() throws IOException {
    String moved = "http://a.example/moved";
    try (WarcLog log = log(0, Map.of(A, TIME - 1000))) {
      log.visited(Visits.of(A, Outcome.NOT_MODIFIED, TIME, ""), Visits.exchange(A, ""));
      log.visited(Visits.of(B, Outcome.FETCHED, TIME, "same"), Visits.exchange(B, "same"));
      log.visited(Visits.of(moved, Outcome.FETCHED, TIME, "same"), Visits.exchange(moved, "same"));
      log.finish();
    }

    try (WarcReader reader = new WarcReader(folder.resolve("crawl-00001-00000-0.warc.gz"))) {
      List<String> revisits = new ArrayList<>();
      for (WarcRecord record : reader) {
        if (record instanceof WarcRevisit revisit) {
          revisits.add(
              revisit.target()
                  + " "
                  + revisit.profile().toString().replaceFirst(".*/", "")
                  + " "
                  + revisit.refersToTargetURI().orElseThrow()
                  + " "
                  + revisit.refersToDate().orElseThrow().toEpochMilli());
        }
      }
      assertThat(revisits)
          .containsExactly(
              A + " server-not-modified " + A + " " + (TIME - 1000),
              moved + " identical-payload-digest " + B + " " + TIME);
    }
    try (LogReader log = files.read(files.ofRound(1).get(0))) {
      List<Outcome> outcomes = new ArrayList<>();
      while (log.next()) {
        outcomes.add(log.visit().orElseThrow().outcome());
      }
      assertThat(outcomes)
          .containsExactly(Outcome.NOT_MODIFIED, Outcome.FETCHED, Outcome.DUPLICATE);
    }
  }

  @Test
  void cutAtAnyByteItIsRecoveredToTheWholeVisits() throws IOException {
    WarcLog log = log(0, Map.of());
    log.host(state());
    log.visited(Visits.of(A, Outcome.FETCHED, TIME, "one", B), Visits.exchange(A, "one"));
    log.visited(Visits.of(B, Outcome.NOT_FOUND, TIME, ""), null);
    log.close();
    java.nio.file.Path open = folder.resolve("crawl-00001-00000-0.warc.gz.open");
    byte[] whole = Files.readAllBytes(open);
    Files.delete(open);

    List<String> all = List.of("http://a.example", A, B);
    int before = 0;
    for (int length = 0; length <= whole.length; length++) {
      Files.write(open, Arrays.copyOf(whole, length));
      List<Path> recovered = files.recover(new Path(open.toUri())).map(List::of).orElse(List.of());
      List<String> said = List.of();
      if (!recovered.isEmpty()) {
        try (LogReader reader = files.read(recovered.get(0))) {
          said = said(reader);
        }
        java.nio.file.Path file = java.nio.file.Path.of(recovered.get(0).toUri());
        assertThat(records(file)).as("records of %d bytes", length).contains("warcinfo");
        Files.delete(file);
      }
      assertThat(said).as("cut to %d bytes", length).isEqualTo(all.subList(0, said.size()));
      assertThat(said.size()).isGreaterThanOrEqualTo(before);
      before = said.size();
      assertThat(folder).isEmptyDirectory();
    }
    assertThat(before).as("whole file").isEqualTo(3);
  }

  @Test
  void recoveryCutOffAtItsEndIsCompleted() throws IOException {
    WarcLog log = log(0, Map.of());
    log.visited(Visits.of(A, Outcome.NOT_FOUND, TIME, ""), null);
    log.close();
    java.nio.file.Path open = folder.resolve("crawl-00001-00000-0.warc.gz.open");
    java.nio.file.Path finished = folder.resolve("crawl-00001-00000-0.warc.gz");
    Files.copy(open, finished);
    Files.move(open, folder.resolve("crawl-00001-00000-0.warc.gz.lost"));

    assertThat(files.ofRound(1)).hasSize(2);
    for (Path file : files.ofRound(1)) {
      assertThat(files.recover(file).orElseThrow().getName())
          .isEqualTo(finished.toFile().getName());
    }
    assertThat(folder.toFile().list()).containsExactly(finished.toFile().getName());
  }

  @Test
  void whoseFileWasTakenLogsNothingMore() throws IOException {
    try (WarcLog log = log(0, Map.of())) {
      log.visited(Visits.of(A, Outcome.NOT_FOUND, TIME, ""), null);
      files.recover(files.ofTask(1, 0).get(0));

      assertThatThrownBy(() -> log.visited(Visits.of(B, Outcome.NOT_FOUND, TIME, ""), null))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("taken over by another attempt");
      assertThatThrownBy(log::finish).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aDamagedFinishedFileIsNamed() throws IOException {
    try (WarcLog log = log(0, Map.of())) {
      log.visited(Visits.of(A, Outcome.NOT_FOUND, TIME, ""), null);
      log.visited(Visits.of(B, Outcome.NOT_FOUND, TIME, ""), null);
      log.finish();
    }
    java.nio.file.Path file = folder.resolve("crawl-00001-00000-0.warc.gz");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 20] ^= 4;
    Files.write(file, bytes);

    try (LogReader log = files.read(new Path(file.toUri()))) {
      assertThat(log.next()).isTrue();
      assertThatThrownBy(log::next)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("crawl-00001-00000-0.warc.gz: damaged after byte");
    }
  }

  @Test
  void aFileInWhichNothingWasLoggedIsNotKept() throws IOException {
    try (WarcLog log = log(0, Map.of())) {
      log.finish();
    }
    assertThat(folder).isEmptyDirectory();
  }
}
