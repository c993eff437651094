package org.sparkgpt.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkgpt.ingest.Corpora.keptTexts;
import static org.sparkgpt.ingest.Corpora.read;
import static org.sparkgpt.ingest.Corpora.reasons;
import static org.sparkgpt.ingest.Corpora.tar;
import static org.sparkgpt.ingest.Corpora.utf8;
import static org.sparkgpt.ingest.Corpora.write;
import static org.sparkgpt.ingest.Corpora.zip;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Metadata;
import org.sparkgpt.extract.Page;
import org.sparkgpt.extract.PageReader;
import org.sparkgpt.ingest.Corpora.Seen;

class BooksAndMailsTest {
  @TempDir Path directory;

  private List<Seen> readBytes(String name, byte[] bytes) throws IOException {
    return read(write(directory, name, bytes));
  }

  @Test
  void gutenbergTextsLoseTheirFrameInAllItsForms() {
    String header =
        "The Project Gutenberg EBook of Moby Dick, by Herman Melville\n\nTitle: Moby Dick\n"
            + "       or The Whale\nAuthor: Herman Melville\nRelease Date: June 27, 2008 [EBook #2701]\n"
            + "Language: English\n\n";
    for (String start :
        List.of(
            "*** START OF THE PROJECT GUTENBERG EBOOK MOBY DICK ***",
            "*** START OF THIS PROJECT GUTENBERG EBOOK MOBY\nDICK ***",
            "***START OF THE PROJECT GUTENBERG EBOOK MOBY DICK***",
            "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*",
            "*END THE SMALL PRINT! FOR PUBLIC DOMAIN EBOOKS*Ver.02/11/02*END*")) {
      for (String end :
          List.of(
              "*** END OF THE PROJECT GUTENBERG EBOOK MOBY DICK ***",
              "***END OF THIS PROJECT GUTENBERG EBOOK MOBY DICK***",
              "End of Project Gutenberg's Moby Dick, by Herman Melville",
              "End of the Project Gutenberg EBook of Moby Dick",
              "End of The Project Gutenberg Etext of Moby Dick",
              "End of this Project Gutenberg Etext of Moby Dick")) {
        String text =
            header + start + "\n\nProduced by A. B.\n\nCall me Ishmael.\n\n" + end + "\nlicence";

        Page page = GutenbergText.read(text.replace("\n", "\r\n"));

        assertThat(page.text()).as("%s, %s", start, end).isEqualTo("Call me Ishmael.");
        assertThat(page.metadata())
            .isEqualTo(
                new Metadata(
                    "Moby Dick or The Whale", "Herman Melville", "2008-06-27", "en", null, null));
      }
    }
  }

  @Test
  void otherTextsAreLeftAsTheyAre() {
    String text =
        " I like Project Gutenberg.\r\n\n START OF THE PROJECT GUTENBERG EBOOK, they say.\n";

    assertThat(GutenbergText.read(text)).isEqualTo(new Page(text, Metadata.NONE));
  }

  private static final String CONTAINER =
      "<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles>"
          + "<rootfile full-path='OEBPS/content.opf'/></rootfiles></container>";

  private static final String PACKAGE =
      """
      <package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <metadata><dc:title>A Book</dc:title><dc:creator>A</dc:creator><dc:creator>B</dc:creator>
      <dc:language>en-GB</dc:language><dc:date>1999-05</dc:date>
      <dc:rights>https://creativecommons.org/licenses/by/4.0/</dc:rights></metadata>
      <manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
      <item id="t" href="toc.html" media-type="application/xhtml+xml"/>
      <item id="c2" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/>
      <item id="c1" href="text/one.xhtml" media-type="application/xhtml+xml"/></manifest>
      <spine><itemref idref="n"/><itemref idref="t"/><itemref idref="c1"/><itemref idref="c2"/></spine>
      <guide><reference type="toc" href="toc.html#top"/></guide></package>""";

  private static Map<String, byte[]> book() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("mimetype", utf8("application/epub+zip"));
    files.put("META-INF/container.xml", utf8(CONTAINER));
    files.put("OEBPS/content.opf", utf8(PACKAGE));
    files.put(
        "OEBPS/text/two b.xhtml", utf8("<html><body><p>Second&nbsp;é<br/>line</p></body></html>"));
    files.put(
        "OEBPS/text/one.xhtml",
        utf8(
            "<?xml version='1.0'?><!DOCTYPE html><html><head><title>x</title></head><body>"
                + "<h1>One</h1> <p>First\n chapter.</p></body></html>"));
    files.put("OEBPS/nav.xhtml", utf8("<nav>contents</nav>"));
    files.put("OEBPS/toc.html", utf8("<p>contents</p>"));
    return files;
  }

  private String bookWithout(String file, String content) throws IOException {
    Map<String, byte[]> files = book();
    if (content == null) {
      files.remove(file);
    } else {
      files.put(file, utf8(content));
    }
    return reasons(readBytes("a.epub", zip(files))).get(0);
  }

  @Test
  void aBookIsItsSpineInOrder() throws IOException {
    Document document = EpubBook.read(zip(book()), "a.epub", Corpora.config());

    assertThat(document.text()).isEqualTo("One\n\nFirst chapter.\n\nSecond\u00a0é\nline");
    assertThat(document.metadata())
        .isEqualTo(
            new Metadata(
                "A Book",
                "A, B",
                "1999-05",
                "en-GB",
                null,
                "https://creativecommons.org/licenses/by/4.0/"));
  }

  @Test
  void booksThatCannotBeReadSayWhy() throws IOException {
    assertThat(bookWithout("META-INF/container.xml", null)).isEqualTo("ingest/epub-no-container");
    assertThat(bookWithout("OEBPS/content.opf", null)).isEqualTo("ingest/epub-no-package");
    assertThat(bookWithout("OEBPS/content.opf", "<package><spine/></package>"))
        .isEqualTo("ingest/epub-no-spine");
    String drm =
        "<encryption><EncryptedData><EncryptionMethod Algorithm='%s'/></EncryptedData></encryption>";
    assertThat(
            bookWithout(
                "META-INF/encryption.xml",
                drm.formatted("http://www.w3.org/2001/04/xmlenc#aes128-cbc")))
        .isEqualTo("ingest/epub-encrypted");
    assertThat(
            bookWithout(
                "META-INF/encryption.xml", drm.formatted("http://www.idpf.org/2008/embedding")))
        .as("only fonts are hidden")
        .isNull();
    assertThat(bookWithout("OEBPS/content.opf", bomb("package"))).isEqualTo("ingest/damaged");
    assertThat(bookWithout("META-INF/container.xml", bomb("container"))).startsWith("ingest/");
    assertThat(reasons(readBytes("a.epub", utf8("no zip")))).containsExactly("ingest/damaged");
    byte[] whole = zip(book());
    for (int length = 0; length < whole.length; length += 7) {
      assertThat(reasons(readBytes("a.epub", Arrays.copyOf(whole, length)))).hasSize(1);
    }
  }

  /** Ten to the ninth laughs. */
  private static String bomb(String root) {
    StringBuilder xml = new StringBuilder("<!DOCTYPE " + root + " [<!ENTITY l0 'ha'>");
    for (int i = 1; i < 10; i++) {
      xml.append("<!ENTITY l")
          .append(i)
          .append(" '")
          .append(("&l" + (i - 1) + ";").repeat(10))
          .append("'>");
    }
    return xml + "<!ENTITY x SYSTEM 'file:///etc/passwd'>]><" + root + ">&l9;&x;</" + root + ">";
  }

  private static String wiki(String... pages) {
    return "<mediawiki xmlns=\"http://www.mediawiki.org/xml/export-0.10/\" xml:lang=\"en\"><siteinfo>"
        + "<base>https://en.wikipedia.org/wiki/Main_Page</base></siteinfo>\n"
        + String.join("\n", pages)
        + "\n</mediawiki>\n";
  }

  private static String article(String title, int namespace, String text) {
    return "  <page>\n<title>"
        + title
        + "</title><ns>"
        + namespace
        + "</ns><revision><timestamp>"
        + "2024-01-02T03:04:05Z</timestamp><model>wikitext</model><text xml:space=\"preserve\">"
        + text.replace("&", "&amp;").replace("<", "&lt;")
        + "</text></revision></page>";
  }

  @Test
  void wikisGiveTheirArticles() throws IOException {
    String dump =
        wiki(
            article("A &amp; B", 0, "'''A''' is [[b|the b]]."),
            article("Talk:A", 1, "chat"),
            "<page><title>C</title><ns>0</ns><redirect title=\"A\"/><revision><text>#REDIRECT [[A]]</text></revision></page>",
            "<page><title>broken</ns></page>",
            "<page><title>&bomb;</title><ns>0</ns><text>x</text></page>",
            "<page><title>N\0L</title><ns>0</ns></page>",
            article("D", 0, "Last."));

    List<Seen> rows = readBytes("w.xml", utf8(dump));

    assertThat(keptTexts(rows)).containsExactly("A is the b.", "Last.");
    assertThat(rows.get(0).url()).isEqualTo("https://en.wikipedia.org/wiki/A_&_B");
    assertThat(reasons(rows))
        .containsExactly(
            null, "ingest/redirect", "ingest/damaged", "ingest/damaged", "ingest/damaged", null);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (BZip2CompressorOutputStream bzip = new BZip2CompressorOutputStream(packed, 1)) {
      bzip.write(utf8(dump));
    }
    byte[] whole = packed.toByteArray();
    assertThat(keptTexts(readBytes("w.xml.bz2", whole))).hasSize(2);
    for (int length = 0; length < whole.length; length += 11) {
      assertThat(readBytes("w.xml.bz2", Arrays.copyOf(whole, length)))
          .as("at %d", length)
          .hasSizeLessThan(8);
    }
    assertThat(reasons(readBytes("pom.xml", utf8("<project/>"))))
        .containsExactly("ingest/not-mediawiki");
    assertThat(reasons(readBytes("b.xml", utf8(bomb("mediawiki"))))).isEmpty();
    assertThat(reasons(readBytes("c.xml", utf8(wiki(article("E", 0, "cut"))).clone())))
        .containsExactly((String) null);
  }

  @Test
  void wikiMarkupBecomesText() {
    String wiki =
        """
        {{Infobox|name={{nested|x}}|image=[[File:a.jpg]]}}
        '''Bold''' and ''italic''<ref name="a">gone</ref>, a [[link]]s, [[target (x)|label]].<!-- no -->
        [[File:x.jpg|thumb|a [[linked]] caption]][[Category:Things]]
        [https://example.org the site] [https://example.org] <math>x^2</math> <nowiki>[[kept]]</nowiki>
        == History ==
        === Empty ===
        === Early ===
        First&nbsp;&mdash; line<br />second.

        * one
        * two [[three]]
        {| class="wikitable"
        | cell {{x|}}
        |}
        1 < 2 and [not a link] {{unclosed
        == See also ==
        """;

    assertThat(WikiText.plain(wiki))
        .isEqualTo(
            """
            Bold and italic, a links, label.
             the site

            History

            Early

            First\u00a0— line
            second.

            - one
            - two three

            1 < 2 and [not a link] {{unclosed"""
                .replace("\n the site", "\n\nthe site   [[kept]]"));
  }

  @Test
  void hostileWikiMarkupTakesLinearTime() {
    int many = 300_000;
    for (String piece :
        List.of(
            "[[",
            "{{",
            "<ref>",
            "<a",
            "[http://",
            "</",
            "<!--",
            "{|\n",
            "]]",
            "''",
            "&",
            "[[a|",
            "<nowiki>",
            "__A")) {
      WikiText.plain(piece.repeat(many));
    }
    assertThat(WikiText.plain("{{".repeat(many) + "}}".repeat(many))).isEmpty();
    assertThat(WikiText.plain("[[a|".repeat(many) + "x" + "]]".repeat(many))).isEqualTo("x");
  }

  private static final String MAIL =
      "From: =?iso-8859-1?Q?J=F6rg?= <j@example.org>\r\nSubject: =?utf-8?B?w7xiZXI=?=\r\n"
          + "Date: Tue, 2 Jan 2024 03:04:05 +0100 (CET)\r\n";

  private Document mail(String message) throws IOException {
    PageReader pages = new PageReader(Corpora.EXTRACT);
    return new EmailMessage(1 << 20, pages)
        .document(message.getBytes(StandardCharsets.ISO_8859_1), "m");
  }

  @Test
  void aMailIsItsPlainPart() throws IOException {
    Document mixed =
        mail(
            MAIL
                + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n"
                + "--o\r\nContent-Disposition: attachment\r\nContent-Type: text/plain\r\n\r\nattached\r\n"
                + "--o\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n"
                + "--i\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n"
                + "--i\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
                + "Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=F6=\r\n=DFe\r\n--i--\r\n--o--\r\n");

    assertThat(mixed.text()).isEqualTo("Größe");
    assertThat(mixed.metadata())
        .isEqualTo(
            new Metadata(
                "über", "Jörg <j@example.org>", "2024-01-02T03:04:05+01:00", null, null, null));
    assertThat(
            mail(MAIL
                    + "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+aGk8L3A+\r\n")
                .text())
        .isEqualTo("hi");
    assertThat(mail(MAIL + "\r\nplain\r\n> quoted\r\n").text()).isEqualTo("plain\n> quoted");
  }

  @Test
  void mailboxesAreCutIntoMails() throws IOException {
    String box =
        "From a@b Tue Jan  2\n"
            + MAIL
            + "\none\n>From the start\n\nFrom c@d Wed Jan  3\n"
            + MAIL
            + "\ntwo\nFrom here\n";

    List<Seen> rows = readBytes("m.mbox", utf8(box));

    assertThat(keptTexts(rows)).containsExactly("one\nFrom the start", "two\nFrom here");
    assertThat(rows.get(1).source()).startsWith("m.mbox#@");
    assertThat(reasons(readBytes("n.mbox", utf8("no mailbox\n"))))
        .containsExactly("ingest/damaged");
    assertThat(keptTexts(readBytes("m.eml", utf8(MAIL + "\none")))).containsExactly("one");
    assertThat(reasons(readBytes("x.eml", utf8("no mail at all"))))
        .containsExactly("ingest/damaged");
    String deep = MAIL + "Content-Type: multipart/mixed; boundary=b0\r\n\r\n";
    for (int i = 0; i < 200; i++) {
      deep += "--b" + i + "\r\nContent-Type: multipart/mixed; boundary=b" + (i + 1) + "\r\n\r\n";
    }
    assertThat(reasons(readBytes("deep.eml", utf8(deep)))).containsExactly("ingest/damaged");
  }

  @Test
  void archivesMayBeNestedAsDeepAsAllowed() throws IOException {
    byte[] text = zip(Map.of("../../x.txt", utf8("harmless")));
    byte[] two = tar(Map.of("b.zip", text, "book.epub", zip(book())));
    byte[] three = zip(Map.of("c.tar", two));
    byte[] four = zip(Map.of("d.zip", three));

    List<Seen> rows = readBytes("a.zip", three);

    assertThat(rows)
        .extracting(Seen::source)
        .containsExactlyInAnyOrder("a.zip!/c.tar!/b.zip!/../../x.txt", "a.zip!/c.tar!/book.epub");
    assertThat(reasons(rows)).containsOnlyNulls();
    assertThat(reasons(readBytes("a.zip", four))).contains("ingest/nested-archive", (String) null);
    try (var files = Files.list(directory)) {
      assertThat(files).as("nothing is written").hasSize(1);
    }
  }

  @Test
  void nestedArchivesUnpackToABoundedSize() throws IOException {
    byte[] large = new byte[(int) Corpora.MAX_BYTES];
    Arrays.fill(large, (byte) 'x');
    Map<String, byte[]> many = new LinkedHashMap<>();
    for (int i = 0; i < 70; i++) {
      many.put(i + ".txt", i % 2 == 0 ? utf8("short") : large);
      many.put(i + "b.txt", large);
    }

    Map<String, byte[]> outer = new LinkedHashMap<>();
    outer.put("in.tgz", Corpora.gzip(tar(many)));
    outer.put("z.txt", utf8("behind"));
    Path file = write(directory, "a.tar", tar(outer));
    IngestConfig config =
        new IngestConfig(List.of(), Corpora.MAX_BYTES, 2000, 2, 5 * Corpora.MAX_BYTES);

    List<Seen> rows = read(file, config, 0, 1);

    assertThat(rows.get(rows.size() - 2).reason()).isEqualTo("ingest/nested-size");
    assertThat(rows.get(rows.size() - 1).text()).isEqualTo("behind");
    assertThat(rows.size()).isLessThan(12);
    List<Seen> shared = new ArrayList<>();
    for (int slice = 0; slice < 3; slice++) {
      shared.addAll(read(file, config, slice, 3));
    }
    assertThat(shared).containsExactlyInAnyOrderElementsOf(rows);
  }
}
