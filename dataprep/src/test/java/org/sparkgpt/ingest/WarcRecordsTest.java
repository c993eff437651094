package org.sparkgpt.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.sparkgpt.ingest.Corpora.encoded;
import static org.sparkgpt.ingest.Corpora.gzip;
import static org.sparkgpt.ingest.Corpora.keptTexts;
import static org.sparkgpt.ingest.Corpora.page;
import static org.sparkgpt.ingest.Corpora.read;
import static org.sparkgpt.ingest.Corpora.reasons;
import static org.sparkgpt.ingest.Corpora.utf8;
import static org.sparkgpt.ingest.Corpora.warc;
import static org.sparkgpt.ingest.Corpora.write;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.netpreserve.jwarc.WarcCompression;
import org.sparkgpt.ingest.Corpora.Seen;

class WarcRecordsTest {
  @TempDir Path directory;

  @Test
  void aHandWrittenFileGivesItsPagesWithAddressAndOffset() throws IOException {
    List<Seen> rows = read(golden());

    assertThat(rows)
        .extracting(Seen::source, Seen::url, Seen::text, Seen::reason)
        .containsExactly(
            row("golden.warc#@491", "http://example.org/", "Call me Ishmael.", null),
            row("golden.warc#@918", "http://example.org/plain", "naïve plain text\r\n", null),
            row("golden.warc#@1250", null, "", "ingest/http-status"),
            row("golden.warc#@1579", null, "", "ingest/media-type"),
            row("golden.warc#@1894", "http://example.org/chunked", "in two parts", null),
            row("golden.warc#@2499", "http://example.org/old", "no length given", null));
  }

  private static Tuple row(Object... values) {
    return tuple(values);
  }

  private Path golden() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/ingest/golden.warc")) {
      return write(directory, "golden.warc", in.readAllBytes());
    }
  }

  @Test
  void theCharsetComesFromTheHeaderElseFromThePage() throws IOException {
    String german = "<p>Größe</p>";
    Charset latin = StandardCharsets.ISO_8859_1;
    Path file =
        write(
            directory,
            "a.warc",
            warc(
                WarcCompression.NONE,
                page("text/html; charset=ISO-8859-1", german.getBytes(latin)),
                page("text/html", ("<meta charset=latin1>" + german).getBytes(latin)),
                page("text/html", utf8(german)),
                page("text/plain; charset=iso-8859-1", "Größe".getBytes(latin)),
                page("text/plain", "Größe".getBytes(latin))));

    List<Seen> rows = read(file);

    assertThat(keptTexts(rows)).containsExactly("Größe", "Größe", "Größe", "Größe", "Größe");
  }

  @Test
  void contentEncodingsAreUndoneOrNamed() throws IOException {
    Path file =
        write(
            directory,
            "a.warc.gz",
            warc(
                WarcCompression.GZIP,
                encoded("gzip", gzip(utf8("<p>packed</p>"))),
                encoded("gzip", utf8("<p>packed in name only</p>")),
                encoded("compress", new byte[] {1, 2, 3})));

    List<Seen> rows = read(file);

    assertThat(keptTexts(rows)).containsExactly("packed", "packed in name only");
    assertThat(rows.get(2).reason()).isEqualTo("ingest/content-encoding");
  }

  @Test
  void aChunkedBodyOrALengthThatPromisesMoreGivesWhatCame() throws IOException {
    Path file =
        write(
            directory,
            "a.warc",
            utf8(
                response("Transfer-Encoding: chunked", "ff\r\n<p>what came")
                    + response("Content-Length: 1000", "<p>what came")
                    + response("Content-Length: 3", "<p>more than announced")));

    assertThat(keptTexts(read(file))).startsWith("what came", "what came");
    assertThat(read(file)).hasSize(3);
  }

  private static String response(String field, String body) {
    String http = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + field + "\r\n\r\n" + body;
    return "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org/\r\n"
        + "Content-Type: application/http;msgtype=response\r\nContent-Length: "
        + utf8(http).length
        + "\r\n\r\n"
        + http
        + "\r\n\r\n";
  }

  @Test
  void wetFilesGiveTheirTexts() throws IOException {
    Path file = write(directory, "a.warc.wet.gz", Corpora.wet("one", "two", " "));

    List<Seen> rows = read(file);

    assertThat(keptTexts(rows)).containsExactly("one", "two");
    assertThat(rows.get(0).url()).isEqualTo("http://example.org/0");
    assertThat(rows.get(2).reason()).isEqualTo("ingest/empty");
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "GZIP"})
  void aFileCutAnywhereKeepsWhatIsBeforeTheCut(WarcCompression compression) throws IOException {
    byte[] whole = warc(compression, page("one"), page("two"), page("three"));
    List<String> texts = List.of("one", "two", "three");
    String name = compression == WarcCompression.GZIP ? "a.warc.gz" : "a.warc";
    List<Integer> records =
        List.of(
            0,
            warc(compression, page("one")).length,
            warc(compression, page("one"), page("two")).length,
            whole.length);
    for (int length = 0; length < whole.length; length++) {
      List<Seen> rows = read(write(directory, name, Arrays.copyOf(whole, length)));

      List<String> kept = keptTexts(rows);
      assertThat(kept).as("cut at %d", length).isEqualTo(texts.subList(0, kept.size()));
      List<String> lost = reasons(rows).subList(kept.size(), rows.size());
      if (!inTrailer(length, records)) {
        boolean complete = records.contains(length);
        assertThat(lost)
            .as("cut at %d", length)
            .isEqualTo(complete ? List.of() : List.of("ingest/truncated"));
      }
    }
    assertThat(keptTexts(read(write(directory, name, whole)))).isEqualTo(texts);
  }

  /** Whether only line ends behind a record are missing: nothing is lost, whatever the verdict. */
  private static boolean inTrailer(int length, List<Integer> records) {
    return records.stream().anyMatch(end -> end - 4 <= length && length < end);
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "GZIP"})
  void aByteFlippedAnywhereCostsOneRecord(WarcCompression compression) throws IOException {
    byte[] whole = warc(compression, page("one"), page("two"), page("three"));
    int second = warc(compression, page("one")).length;
    int third = warc(compression, page("one"), page("two")).length;
    String name = compression == WarcCompression.GZIP ? "a.warc.gz" : "a.warc";
    for (int at = second; at < third; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x41;

      List<String> kept = keptTexts(read(write(directory, name, flipped)));

      assertThat(kept).as("flipped at %d", at).startsWith("one");
      if (compression == WarcCompression.GZIP) { // there a checksum tells
        assertThat(kept)
            .as("flipped at %d", at)
            .endsWith("three")
            .isSubsetOf("one", "two", "three");
      }
    }
  }

  @Test
  void aBrokenMemberIsOneDamagedRecord() throws IOException {
    byte[] whole = warc(WarcCompression.GZIP, page("one"), page("two"), page("three"));
    int third = warc(WarcCompression.GZIP, page("one"), page("two")).length;
    whole[third - 6] ^= 1; // in the second member's checksum

    List<Seen> rows = read(write(directory, "a.warc.gz", whole));

    assertThat(reasons(rows)).containsExactly(null, "ingest/damaged", null);
    assertThat(keptTexts(rows)).containsExactly("one", "three");
  }

  @Test
  void tasksThatShareAFileSeeTheSameRecords() throws IOException {
    byte[] whole = warc(WarcCompression.GZIP, page("one"), page("two"), page("three"));
    Path file = write(directory, "a.warc.gz", Arrays.copyOf(whole, whole.length - 30));
    for (int slices = 1; slices < 6; slices++) {
      List<Seen> rows = new ArrayList<>();
      for (int slice = 0; slice < slices; slice++) {
        rows.addAll(read(file, slice, slices));
      }
      assertThat(rows).as("%d slices", slices).containsExactlyInAnyOrderElementsOf(read(file));
    }
  }

  @Test
  void whatIsNoWarcIsOneDamagedRecord() throws IOException {
    assertThat(reasons(read(write(directory, "a.warc", utf8("<html>".repeat(5000))))))
        .containsExactly("ingest/truncated");
    assertThat(
            reasons(read(write(directory, "b.warc", utf8("WARC/1.0\r\n" + "A".repeat(1 << 22))))))
        .containsExactly("ingest/damaged");
  }

  @Test
  void aPageAboveTheLimitIsPassedOver() throws IOException {
    String large = "x".repeat((int) Corpora.MAX_BYTES);
    byte[] bytes = warc(WarcCompression.NONE, page(large), page("small"));

    List<Seen> rows = read(write(directory, "a.warc", bytes));

    assertThat(reasons(rows)).containsExactly("ingest/too-large", null);
    assertThat(rows.get(0).value()).isGreaterThan(Corpora.MAX_BYTES);
  }
}
