package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class PageLinksTest {
  private static final String URL = "http://a.org/dir/page";

  private final PageDirectives directives = new PageDirectives(ScrapeConfigs.local());

  private List<String> links(String html) {
    return PageLinks.read(html, URL, directives);
  }

  @Test
  void linksComeInOrderOnceAndNormalised() {
    assertThat(
            links(
                """
                <link rel="next canonical" href=/next><link rel=stylesheet href=s.css>
                <meta http-equiv=Refresh content='5; URL = "later"'>
                <a href="x?utm_source=a#top">1</a> <A HREF=' ../y '>2</A> <a href=x>again</a>
                <a href="#here">3</a> <a>4</a> <a href="mailto:me@a.org">5</a>
                <map><area href=z></map> <iframe src=frame></iframe>
                <a href="http://b.org">6</a> <a href=page>itself</a>"""))
        .containsExactly(
            "http://a.org/next",
            "http://a.org/dir/later",
            "http://a.org/dir/x",
            "http://a.org/y",
            "http://a.org/dir/z",
            "http://a.org/dir/frame",
            "http://b.org/");
  }

  @Test
  void theFirstBaseCounts() {
    assertThat(links("<a href=x>1</a><base href=/other/><base href=/not/>"))
        .containsExactly("http://a.org/other/x");
    assertThat(links("<base href='javascript:x'><a href=x>1</a>"))
        .containsExactly("http://a.org/dir/x");
  }

  @Test
  void nofollowIsObeyed() {
    assertThat(links("<a rel='external NoFollow' href=x>1</a><a rel=nofollower href=y>2</a>"))
        .containsExactly("http://a.org/dir/y");
    assertThat(links("<meta name=ROBOTS content='index, nofollow'><a href=x>1</a>")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "robots | noindex | true | false | false",
        "ROBOTS | NOINDEX,NOFOLLOW | true | true | false",
        "robots | none | true | true | false",
        "robots | all | false | false | false",
        "robots | noai noimageai | false | false | true",
        "testbot | noindex | true | false | false",
        "gptbot | noindex | true | false | false",
        "otherbot | noindex | false | false | false",
        "tdm-reservation | 1 | false | false | true",
        "tdm-reservation | 0 | false | false | false",
      })
  void metaTagsAreRead(
      String name, String content, boolean noIndex, boolean noFollow, boolean reserved) {
    links("<meta name='" + name + "' content='" + content + "'>");
    assertThat(directives.noIndex()).isEqualTo(noIndex);
    assertThat(directives.noFollow()).isEqualTo(noFollow);
    assertThat(directives.isReserved()).isEqualTo(reserved);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Robots-Tag: noindex | true | false | false",
        "X-Robots-Tag: noarchive, NoFollow | false | true | false",
        "X-Robots-Tag: otherbot: noindex, nofollow | false | false | false",
        "X-Robots-Tag: otherbot: noindex, TestBot: nofollow, noai | false | true | true",
        "X-Robots-Tag: unavailable_after: 25 Jun 2010 15:00:00 PST, none | true | true | false",
        "X-Robots-Tag: max-snippet:-1, noindex | true | false | false",
        "tdm-reservation: 1 | false | false | true",
      })
  void headersAreRead(String field, boolean noIndex, boolean noFollow, boolean reserved)
      throws Exception {
    byte[] raw = ("HTTP/1.1 200 OK\r\n" + field + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    directives.addHeader(HttpHead.read(new java.io.ByteArrayInputStream(raw), 1000));
    assertThat(directives.noIndex()).isEqualTo(noIndex);
    assertThat(directives.noFollow()).isEqualTo(noFollow);
    assertThat(directives.isReserved()).isEqualTo(reserved);
  }

  @Test
  void aPageHasSoManyLinksAtMost() {
    StringBuilder html = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      html.append("<a href=").append(i).append(">x</a>");
    }
    assertThat(links(html.toString())).hasSize(5000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<div>", "<p>", "<b>", "<table><td>", "<a href=x>", "<", "\u0000", "<!--", "&amp"})
  void noPageIsTooMuch(String repeated) {
    assertThat(links("<a href=first>1</a>" + repeated.repeat((8 << 20) / repeated.length())))
        .contains("http://a.org/dir/first");
  }

  @Test
  void noAttributeIsTooLong() {
    String blanks = " ".repeat(1 << 20);
    assertThat(
            links(
                "<meta http-equiv=refresh content='0;url"
                    + blanks
                    + "'>"
                    + "<a rel='"
                    + blanks
                    + "' href='"
                    + blanks
                    + "x'>1</a>"))
        .isEmpty();
  }
}
