package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class SitemapTest {
  private static final String XML =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
        <url><loc>http://a.org/x?a=1&amp;b=2</loc><lastmod>2026-01-01</lastmod></url>
        <url><loc>http://B.org:80/y#z</loc></url>
        <url><loc>http://a.org/x?a=1&amp;b=2</loc></url>
        <url><loc>file:///etc/passwd</loc></url>
      </urlset>
      """;

  private static final String INDEX =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
        <sitemap><loc>http://a.org/s1.xml.gz</loc></sitemap>
        <sitemap><loc>http://a.org/s2.xml</loc></sitemap>
      </sitemapindex>
      """;

  private static Sitemap read(byte[] body) throws FetchException {
    return Sitemap.read(body, "http://a.org/sitemap", 1 << 20);
  }

  private static Sitemap read(String body) throws FetchException {
    return read(body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void pagesAreListed() throws IOException {
    Sitemap sitemap = read(XML);
    assertThat(sitemap.pages()).containsExactly("http://a.org/x?a=1&b=2", "http://b.org/y");
    assertThat(sitemap.sitemaps()).isEmpty();
    assertThat(read(ContentCodingTest.gzip(XML.getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(sitemap);
  }

  @Test
  void anIndexListsSitemaps() throws IOException {
    Sitemap index = read(INDEX);
    assertThat(index.pages()).isEmpty();
    assertThat(index.sitemaps())
        .containsExactlyInAnyOrder("http://a.org/s1.xml.gz", "http://a.org/s2.xml");
  }

  @Test
  void textAndFeedsAreSitemapsToo() throws IOException {
    assertThat(read("http://a.org/1\nhttp://a.org/2\n").pages())
        .containsExactly("http://a.org/1", "http://a.org/2");
    assertThat(
            read("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><item>"
                    + "<link>http://a.org/news</link></item></channel></rss>")
                .pages())
        .contains("http://a.org/news");
  }

  @Test
  void ofADamagedOneWhatComesBeforeCounts() throws IOException {
    byte[] xml = XML.getBytes(StandardCharsets.UTF_8);
    int first = XML.indexOf("</url>") + 6;
    assertThat(read(Arrays.copyOf(xml, first + 20)).pages())
        .containsExactly("http://a.org/x?a=1&b=2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "<html><body>Not found</body></html>", "\u0001\u0002\u0003\u0000", "%PDF-1.4"})
  void otherThingsListNothing(String body) {
    try {
      assertThat(read(body).pages()).isEmpty();
    } catch (FetchException e) {
      assertThat(e.outcome()).isEqualTo(Outcome.BAD_SITEMAP);
    }
  }

  @Test
  void entitiesAreNotExpanded() throws IOException {
    StringBuilder bomb =
        new StringBuilder(
            "<?xml version=\"1.0\"?><!DOCTYPE urlset [<!ENTITY e0 \"http://a.org/\">");
    for (int i = 1; i < 30; i++) {
      bomb.append("<!ENTITY e%d \"&e%d;&e%d;\">".formatted(i, i - 1, i - 1));
    }
    bomb.append("<!ENTITY file SYSTEM \"file:///etc/passwd\">]>");
    String tail =
        "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><url><loc>%s</loc></url></urlset>";
    for (String entity : new String[] {"&e29;", "http://a.org/&file;"}) {
      try {
        assertThat(read(bomb + tail.formatted(entity)).pages()).allMatch("http://a.org/"::equals);
      } catch (FetchException e) {
        assertThat(e.outcome()).isEqualTo(Outcome.BAD_SITEMAP);
      }
    }
  }

  @Test
  void aBombIsTooLarge() throws IOException {
    byte[] bomb = ContentCodingTest.gzip(new byte[10 << 20]);
    assertThatThrownBy(() -> read(bomb)).hasMessage("too-large");
  }

  @Test
  void listsAreBounded() throws IOException {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 60_000; i++) {
      many.append("http://a.org/").append(i).append('\n');
    }
    assertThat(read(many.toString()).pages()).hasSizeLessThanOrEqualTo(Sitemap.MAX_PAGES);
    StringBuilder index = new StringBuilder(INDEX.substring(0, INDEX.indexOf("<sitemap>")));
    for (int i = 0; i < 2000; i++) {
      index.append("<sitemap><loc>http://a.org/").append(i).append("</loc></sitemap>");
    }
    assertThat(read(index + "</sitemapindex>").sitemaps()).hasSize(Sitemap.MAX_SITEMAPS);
  }
}
