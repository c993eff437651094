package org.sparkgpt.extract;

import static org.assertj.core.api.Assertions.assertThat;

import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;
import org.sparkgpt.corpus.Metadata;

class PageMetadataTest {
  private static final String URL = "https://mill.example.org/river/story.html?x=1";

  private static Metadata of(String html) {
    return PageMetadata.of(Jsoup.parse(html, URL), URL);
  }

  private static String article(String properties) {
    return "<script type=application/ld+json>{\"@context\":\"https://schema.org\",\"@graph\":["
        + "{\"@type\":\"Organization\",\"name\":\"Press\"},{\"@type\":[\"NewsArticle\"],"
        + properties
        + "}]}</script>";
  }

  @Test
  void titlesHaveAnOrder() {
    String h1 = "<h1>The <i>mill</i></h1>";
    String title = "<title>The mill | News</title>";
    String citation = "<meta name=citation_title content='Of mills'>";
    String linked = article("\"headline\":\"Mill lost\"");
    String og = "<meta property=og:title content=' A mill\n goes '>";

    assertThat(of(h1).title()).isEqualTo("The mill");
    assertThat(of("<title>Old</title>" + h1).title()).isEqualTo("Old");
    assertThat(of(title + citation + h1).title()).isEqualTo("Of mills");
    assertThat(of(title + citation + linked).title()).isEqualTo("Mill lost");
    assertThat(of(title + citation + linked + og).title()).isEqualTo("A mill goes");
    assertThat(of("<p>none").title()).isNull();
  }

  @Test
  void theSiteIsTakenOffTheTitleWhereItCanBeTold() {
    String site = "<meta property=og:site_name content='River News'>";
    assertThat(of(site + "<title>Mill lost - again - River News</title>").title())
        .isEqualTo("Mill lost - again");
    assertThat(of(site + "<title>River News » Mill lost</title>").title()).isEqualTo("Mill lost");
    assertThat(of("<title>Flood — Mill</title>").title()).as("the host").isEqualTo("Flood");
    assertThat(of("<title>Flood: a report</title><h1>A report</h1>").title()).isEqualTo("a report");
    assertThat(of("<title>Flood: a report</title>").title()).isEqualTo("Flood: a report");
  }

  @Test
  void aTitleLeftOpenIsNone() {
    assertThat(of("<title>Open - " + "word | ".repeat(200_000)).title()).isNull();
    assertThat(of("<h1>" + "word ".repeat(200_000)).title()).isNull();
  }

  @Test
  void authorsHaveAnOrder() {
    String byline = "<p class=byline>By  Ada Miller</p>";
    String rel = "<a rel=author href=/b>Bo Miller</a>";
    String meta = "<meta name=Author content='Cy Miller'>";
    String linked = article("\"author\":[{\"name\":\"Di Miller\"},\"Ed Miller\"]");

    assertThat(of(byline).author()).isEqualTo("Ada Miller");
    assertThat(of(byline + rel).author()).isEqualTo("Bo Miller");
    assertThat(of(byline + rel + meta).author()).isEqualTo("Cy Miller");
    assertThat(of(byline + rel + meta + linked).author()).isEqualTo("Di Miller, Ed Miller");
    assertThat(of("<meta property=article:author content=https://face.example/c>").author())
        .isNull();
  }

  @Test
  void datesAreIsoOrNothing() {
    String time = "<time datetime=2016-01-05>5th</time>";
    String meta = "<meta property=article:published_time content='2016/1/6 7:08'>";

    assertThat(of(time).published()).isEqualTo("2016-01-05");
    assertThat(of(time + meta).published()).isEqualTo("2016-01-06T07:08:00");
    assertThat(
            of(time + meta + article("\"datePublished\":\"2016-01-07T08:09:10.5+0200\""))
                .published())
        .isEqualTo("2016-01-07T08:09:10+02:00");
    assertThat(of("<meta name=date content='Fri, 08 Jan 2016 01:02:03 GMT'>").published())
        .isEqualTo("2016-01-08T01:02:03Z");
    assertThat(of("<time datetime=2016-13-45>x</time>").published()).isNull();
    assertThat(of("<meta name=date content=yesterday>" + time).published()).isEqualTo("2016-01-05");
  }

  @Test
  void languagesAreTags() {
    assertThat(of("<html lang=en_gb>").language()).isEqualTo("en-GB");
    assertThat(of("<html lang='not a tag'><meta property=og:locale content=de_AT>").language())
        .isEqualTo("de-AT");
    assertThat(of("<meta http-equiv=Content-Language content=fr>").language()).isEqualTo("fr");
  }

  @Test
  void canonicalAddressesAreResolvedAndOfTheWeb() {
    assertThat(of("<link rel=canonical href=story.html>").canonicalUrl())
        .isEqualTo("https://mill.example.org/river/story.html");
    assertThat(of("<base href=http://a.example/b/><link rel='x Canonical' href=c>").canonicalUrl())
        .isEqualTo("http://a.example/b/c");
    assertThat(of("<link rel=canonical href=javascript:x()>").canonicalUrl()).isNull();
    assertThat(PageMetadata.of(Jsoup.parse("<link rel=canonical href=c>"), null).canonicalUrl())
        .isNull();
  }

  @Test
  void licencesAreLinkedAndNotContradicted() {
    String by = "https://creativecommons.org/licenses/by/4.0/";
    String zero = "http://creativecommons.org/publicdomain/zero/1.0/";
    String links = "<a href=" + by + ">CC</a><a href=" + by + ">CC</a>";

    assertThat(of(links).licence()).isEqualTo(by);
    assertThat(of(links + "<a href=" + zero + ">CC0</a>").licence()).as("which?").isNull();
    assertThat(of(links + "<a rel=license href=/terms>T</a>").licence())
        .isEqualTo("https://mill.example.org/terms");
    assertThat(of(article("\"license\":\"" + zero + "\"")).licence()).isEqualTo(zero);
    assertThat(of("<a href=https://evil.example/?creativecommons.org/licenses/>x</a>").licence())
        .isNull();
  }

  @Test
  void brokenJsonSaysNothing() {
    String[] broken = {
      "{", "[".repeat(100_000), "\"\\ud800\"", "{\"@type\":{}}", "null", "", "[1]"
    };
    for (String json : broken) {
      assertThat(of("<script type=application/ld+json>" + json + "</script>"))
          .isEqualTo(Metadata.NONE);
    }
  }
}
