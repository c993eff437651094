package org.sparkgpt.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkgpt.ingest.Corpora.encoded;
import static org.sparkgpt.ingest.Corpora.gzip;
import static org.sparkgpt.ingest.Corpora.keptTexts;
import static org.sparkgpt.ingest.Corpora.page;
import static org.sparkgpt.ingest.Corpora.read;
import static org.sparkgpt.ingest.Corpora.reasons;
import static org.sparkgpt.ingest.Corpora.utf8;
import static org.sparkgpt.ingest.Corpora.warc;
import static org.sparkgpt.ingest.Corpora.write;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netpreserve.jwarc.WarcCompression;
import org.sparkgpt.ingest.Corpora.Seen;

class WebArchivesTest {
  private static final int DICTIONARY = 0x184d2a5d;

  @TempDir Path directory;

  private List<Seen> readBytes(String name, byte[] bytes) throws IOException {
    return read(write(directory, name, bytes));
  }

  private Path resource(String name) throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/ingest/" + name)) {
      return write(directory, name, in.readAllBytes());
    }
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] one(String text) throws IOException {
    return warc(WarcCompression.NONE, page(text));
  }

  /** Each record a frame, behind the dictionary if there is one. */
  private static byte[] zstdWarc(byte[] dictionary, String... texts) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZstdCompressCtx zstd = new ZstdCompressCtx().setChecksum(true)) {
      if (dictionary != null) {
        zstd.loadDict(dictionary);
        out.writeBytes(
            ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(DICTIONARY)
                .putInt(dictionary.length)
                .array());
        out.writeBytes(dictionary);
      }
      for (String text : texts) {
        out.writeBytes(zstd.compress(one(text)));
      }
    }
    return out.toByteArray();
  }

  private static byte[] dictionary() throws IOException {
    byte[][] samples = new byte[200][];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = one("sample " + i + " " + new Random(i).nextLong());
    }
    byte[] trained = new byte[4096];
    long size = Zstd.trainFromBuffer(samples, trained);
    assertThat(Zstd.isError(size)).as(Zstd.getErrorName(size)).isFalse();
    return Arrays.copyOf(trained, (int) size);
  }

  @Test
  void filesOfOtherWritersAreRead() throws IOException {
    List<Seen> warcio = read(resource("tika-multiple.warc.gz"));

    assertThat(warcio).extracting(Seen::reason).containsExactly(null, "ingest/media-type");
    assertThat(warcio.get(0).url()).isEqualTo("https://russellvets.org/");
    assertThat(warcio.get(0).source()).isEqualTo("tika-multiple.warc.gz#@0");
    assertThat(read(resource("tika-extra-field.warc.gz")))
        .as("wget's own information, in a member with an extra field")
        .isEmpty();
  }

  @Test
  void addressesInBracketsAndFoldedFieldsAndBareLineEndsAreUnderstood() throws IOException {
    String text =
        """
        WARC/1.0
        warc-type: conversion
        WARC-Target-URI:
         <http://example.org/>
        Content-Length: 4

        text
        """;

    List<Seen> rows = readBytes("a.warc", utf8(text));

    assertThat(rows).extracting(Seen::text).containsExactly("text");
    assertThat(rows.get(0).url()).isEqualTo("http://example.org/");
  }

  @Test
  void archivesSayWhenAPageWasFetched() throws IOException {
    String warc = "WARC/1.1\nWARC-Type: conversion\nContent-Length: 4\nWARC-Date: %s\n\n";
    WarcHeader header = new WarcHeader();
    assertThat(header.parse(warc.formatted("2024-01-02T03:04:05.5Z")).fetched())
        .isEqualTo(1704164645500L);
    assertThat(header.parse(warc.formatted("2024-01-02T03:99:05Z")).fetched()).isNull();
    assertThat(header.parse(warc.replace("WARC-Date", "Other")).fetched()).isNull();
    String arc = "http://example.org/ 1.2.3.4 19961104142103 text/html 5\n";
    assertThat(new ArcHeader().parse(arc).fetched()).isEqualTo(847117263000L);
  }

  @Test
  void revisitsHaveNoRows() throws IOException {
    String revisit =
        "WARC/1.1\r\nWARC-Type: revisit\r\nContent-Type: application/http; msgtype=response\r\n"
            + "Content-Length: 19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\r\n\r\n";

    assertThat(keptTexts(readBytes("a.warc", join(utf8(revisit), one("page")))))
        .containsExactly("page");
  }

  @Test
  void arcFilesOfBothVersionsGiveTheirPages() throws IOException {
    String http = "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>old page</p>";
    String about = "1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n";
    String one =
        "filedesc://a.arc 0.0.0.0 19960923142103 text/plain " + about.length() + "\n" + about;
    String two =
        "http://example.org/ 1.2.3.4 19961104142103 text/html " + http.length() + "\n" + http;
    String three =
        "http://example.org/2 1.2.3.4 20000104142103 text/html 200 abc - 100 a.arc "
            + http.length()
            + "\n"
            + http;
    byte[] plain = utf8(one + "\n" + two + "\n" + three + "\n");

    List<Seen> rows = readBytes("a.arc", plain);

    assertThat(keptTexts(rows)).containsExactly("old page", "old page");
    assertThat(rows)
        .extracting(Seen::url)
        .containsExactly("http://example.org/", "http://example.org/2");
    byte[] packed = join(gzip(utf8(one + "\n")), gzip(utf8(two + "\n")), gzip(utf8(three + "\n")));
    assertThat(keptTexts(readBytes("a.arc.gz", packed))).hasSize(2);
    for (int length = 0; length < plain.length; length++) {
      List<Seen> cut = readBytes("a.arc", Arrays.copyOf(plain, length));
      assertThat(cut)
          .filteredOn(row -> row.reason() != null)
          .as("cut at %d", length)
          .hasSizeLessThan(2);
    }
  }

  @Test
  void zstdFilesAreReadWithAndWithoutDictionary() throws IOException {
    assertThat(keptTexts(readBytes("a.warc.zst", zstdWarc(null, "one", "two"))))
        .containsExactly("one", "two");
    byte[] dictionary = dictionary();
    assertThat(keptTexts(readBytes("b.warc.zst", zstdWarc(dictionary, "one", "two"))))
        .containsExactly("one", "two");
    assertThat(keptTexts(readBytes("c.txt.zst", Zstd.compress(utf8("text")))))
        .containsExactly("text");
    assertThat(reasons(readBytes("d.txt.zst", Zstd.compress(new byte[8 << 20]))))
        .containsExactly("ingest/expansion");
  }

  @Test
  void aZstdFileCutAnywhereKeepsWhatIsBeforeTheCut() throws IOException {
    byte[] whole = zstdWarc(null, "one", "two", "three");
    List<String> texts = List.of("one", "two", "three");
    for (int length = 0; length < whole.length; length++) {
      List<Seen> rows = readBytes("a.warc.zst", Arrays.copyOf(whole, length));

      List<String> kept = keptTexts(rows);
      assertThat(kept).as("cut at %d", length).isEqualTo(texts.subList(0, kept.size()));
      assertThat(rows.size() - kept.size()).as("cut at %d", length).isLessThan(2);
    }
  }

  @Test
  void aByteFlippedInAZstdFileCostsOneRecord() throws IOException {
    byte[] whole = zstdWarc(null, "one", "two", "three");
    int second = zstdWarc(null, "one").length;
    int third = zstdWarc(null, "one", "two").length;
    for (int at = second; at < third; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x41;

      List<String> kept = keptTexts(readBytes("a.warc.zst", flipped));

      assertThat(kept).as("flipped at %d", at).startsWith("one").endsWith("three");
    }
  }

  /** Pages of several KB, a few damaged, with blanks and rubbish between. */
  private static byte[] damaged(String kind, Random random) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < 30; i++) {
      StringBuilder text = new StringBuilder("page " + i);
      for (int j = random.nextInt(1500); j > 0; j--) {
        text.append(' ').append(random.nextInt(100_000));
      }
      byte[] member =
          kind.equals("gz")
              ? warc(WarcCompression.GZIP, page(text.toString()))
              : zstdWarc(null, text.toString());
      switch (random.nextInt(8)) {
        case 0 -> member[random.nextInt(member.length)] ^= 0x10;
        case 1 -> member = Arrays.copyOf(member, random.nextInt(member.length));
        case 2 -> out.writeBytes(new byte[random.nextInt(300)]);
        case 3 -> out.writeBytes(utf8("rubbish ".repeat(random.nextInt(50))));
        default -> {}
      }
      out.writeBytes(member);
    }
    return out.toByteArray();
  }

  @Test
  void anyNumberOfSlicesGivesTheSameRows() throws IOException {
    Random random = new Random(11);
    for (int trial = 0; trial < 12; trial++) {
      String kind = trial % 2 == 0 ? "gz" : "zst";
      Path file = write(directory, "a.warc." + kind, damaged(kind, random));
      List<Seen> whole = read(file);
      assertThat(whole.size()).isGreaterThan(15);
      for (int slices : new int[] {2, 3, 7, 50, 301}) {
        List<Seen> rows = new ArrayList<>();
        for (int slice = 0; slice < slices; slice++) {
          rows.addAll(read(file, slice, slices));
        }
        assertThat(rows)
            .extracting(Seen::source, Seen::reason)
            .as("trial %d, %d slices", trial, slices)
            .isEqualTo(
                whole.stream()
                    .map(row -> org.assertj.core.api.Assertions.tuple(row.source(), row.reason()))
                    .toList());
      }
    }
  }

  @Test
  void linesAreSlicedAtAnyByte() throws IOException {
    byte[] lines = utf8("one\n\ntwo é\r\nthree\n\n\nfour\nfive without end");
    Path file = write(directory, "a.lines.txt", lines);
    List<Seen> whole = read(file);
    assertThat(keptTexts(whole)).hasSize(5);
    for (int slices = 1; slices <= lines.length; slices++) {
      List<Seen> rows = new ArrayList<>();
      for (int slice = 0; slice < slices; slice++) {
        rows.addAll(read(file, slice, slices));
      }
      assertThat(rows).as("%d slices", slices).isEqualTo(whole);
    }
  }

  @Test
  void wrongLengthsCostTheirRecord() throws IOException {
    String record = new String(one("lying"), StandardCharsets.ISO_8859_1);
    byte[] longer = gzip(utf8(record.replaceFirst("Content-Length: \\d+", "Content-Length: 9999")));
    byte[] shorter = gzip(utf8(record.replaceFirst("Content-Length: \\d+", "Content-Length: 20")));
    byte[] negative = gzip(utf8(record.replaceFirst("Content-Length: \\d+", "Content-Length: -5")));
    byte[] good = gzip(one("good"));

    assertThat(keptTexts(readBytes("a.warc.gz", join(longer, good, shorter, good, negative, good))))
        .containsExactly("good", "good", "good");
  }

  @Test
  void aBombInARecordCostsThatRecord() throws IOException {
    byte[] bomb =
        gzip(
            join(
                utf8("WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 99999999\r\n\r\n"),
                new byte[50 << 20]));

    assertThat(reasons(readBytes("a.warc.gz", join(gzip(one("one")), bomb, gzip(one("two"))))))
        .containsExactly(null, "ingest/expansion", null);
  }

  @Test
  void brotliAndZstdPagesAreUnpacked() throws IOException {
    byte[] brotli = {0x0b, 0x02, (byte) 0x80, 'h', 'e', 'l', 'l', 'o', 0x03};
    byte[] zstd = Zstd.compress(utf8("<p>packed</p>"));
    byte[] bytes =
        warc(
            WarcCompression.NONE,
            encoded("br", brotli),
            encoded("zstd", zstd),
            encoded("br", zstd),
            encoded("zstd", Zstd.compress(new byte[4 << 20])));

    List<Seen> rows = readBytes("a.warc", bytes);

    assertThat(keptTexts(rows)).containsExactly("hello", "packed");
    assertThat(reasons(rows)).containsExactly(null, null, "ingest/damaged", "ingest/expansion");
  }

  @Test
  void aMadeUpFileIsReadWhole() throws IOException {
    Path file = directory.resolve("made.warc.gz");
    SyntheticWarc.write(file, 50, 3000, 1);

    assertThat(WarcScan.of(file).records()).isEqualTo(50);
    assertThat(WarcScan.of(file).contentBytes()).isBetween(50 * 3000L, 50 * 3500L);
    assertThat(read(file)).hasSize(50).allMatch(row -> row.reason() == null);
  }
}
