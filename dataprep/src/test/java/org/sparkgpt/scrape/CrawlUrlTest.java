package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CrawlUrlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP://Example.ORG | http://example.org/",
        "http://example.org:80/ | http://example.org/",
        "https://example.org:443/a | https://example.org/a",
        "https://example.org:8443/a | https://example.org:8443/a",
        "http://example.org:/a | http://example.org/a",
        "http://example.org./a | http://example.org/a",
        "http://example.org/a/./b/../c | http://example.org/a/c",
        "http://example.org/../../a/.. | http://example.org/",
        "http://example.org/a/%2e%2E/b | http://example.org/b",
        "http://example.org/a//b | http://example.org/a//b",
        "http://example.org/%7euser/%e4%b8 | http://example.org/~user/%E4%B8",
        "http://example.org/a%2fb%3f | http://example.org/a%2Fb%3F",
        "http://example.org/a b\"<>`{}^|http://example.org/a%20b%22%3C%3E%60%7B%7D%5E",
        "http://example.org/ü?q=ß | http://example.org/%C3%BC?q=%C3%9F",
        "http://example.org/100% | http://example.org/100%25",
        "http://example.org\\a\\b?c\\d | http://example.org/a/b?c%5Cd",
        "http://Bücher.example/ | http://xn--bcher-kva.example/",
        "http://b%C3%BCcher.example/ | http://xn--bcher-kva.example/",
        "http://example.org/a#b?c | http://example.org/a",
        "http://example.org? | http://example.org/",
        "http://example.org?a=1 | http://example.org/?a=1",
        "http://example.org/?b=2&a=1&b=1 | http://example.org/?b=2&a=1&b=1",
        "http://example.org/?utm_source=x&id=7&fbclid=y | http://example.org/?id=7",
        "http://example.org/?UTM_medium=x | http://example.org/",
        "http://example.org/a;jsessionid=AB12?x=1 | http://example.org/a?x=1",
        "http://[::1]:80/ | http://[0:0:0:0:0:0:0:1]/",
        "http://[::FFFF:127.0.0.1]/ | http://127.0.0.1/",
        "http:///example.org/a | http://example.org/a",
        "http://192.0.2.7/a | http://192.0.2.7/a",
      })
  void hasOneNormalForm(String url, String normal) {
    assertThat(CrawlUrl.normalize(url)).contains(normal);
    assertThat(CrawlUrl.normalize(normal)).as("again").contains(normal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.org",
        "/path",
        "ftp://example.org/",
        "javascript:alert(1)",
        "mailto:a@example.org",
        "file:///etc/passwd",
        "http:",
        "http://",
        "http://user@example.org/",
        "http://user:secret@example.org/",
        "http://example.org@127.0.0.1/",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:80x/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://127.1/",
        "http://127.0.0.01/",
        "http://1.2.3.256/",
        "http://a..b/",
        "http://exa mple.org/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://exam%00ple.org/",
        "http://a%2fb.org/",
      })
  void whatCannotBeCrawledIsNoUrl(String url) {
    assertThat(CrawlUrl.normalize(url)).isEmpty();
  }

  @Test
  void whiteSpaceAndControlsAreNotPartOfIt() {
    assertThat(CrawlUrl.normalize(" \u0001http://exa\nmple.org/a\tb \r\n"))
        .contains("http://example.org/ab");
  }

  @Test
  void aLoneSurrogateIsReplaced() {
    assertThat(CrawlUrl.normalize("http://example.org/\ud800"))
        .contains("http://example.org/%EF%BF%BD");
  }

  @Test
  void tooLongUrlsAreNone() {
    String longest = "http://example.org/" + "a".repeat(CrawlUrl.MAX_LENGTH - 19);
    assertThat(CrawlUrl.normalize(longest)).contains(longest);
    assertThat(CrawlUrl.normalize(longest + "a")).isEmpty();
    assertThat(CrawlUrl.normalize("http://example.org/" + "ü".repeat(1000))).isEmpty();
    assertThat(CrawlUrl.normalize(" ".repeat(1 << 22) + "x")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "c | http://example.org/a/c",
        "../c?d | http://example.org/c?d",
        "/c | http://example.org/c",
        "//other.org/c | http://other.org/c",
        "?x=1 | http://example.org/a/b?x=1",
        "\\c\\d | http://example.org/c/d",
        "https://other.org | https://other.org/",
        "#top | http://example.org/a/b?q=1",
        "'' | http://example.org/a/b?q=1",
      })
  void referencesAreResolved(String reference, String url) {
    assertThat(CrawlUrl.resolve("http://example.org/a/b?q=1", reference)).contains(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"javascript:void(0)", "mailto:a@b.org", "data:text/html,x", "tel:1", "x:"})
  void otherReferencesLeadNowhere(String reference) {
    assertThat(CrawlUrl.resolve("http://example.org/", reference)).isEmpty();
  }

  @Test
  void aUrlHasItsParts() {
    String url = "https://[0:0:0:0:0:0:0:1]:8443/a/b?c=d:1/e";
    assertThat(CrawlUrl.host(url)).isEqualTo("https://[0:0:0:0:0:0:0:1]:8443");
    assertThat(CrawlUrl.authority(url)).isEqualTo("[0:0:0:0:0:0:0:1]:8443");
    assertThat(CrawlUrl.hostName(url)).isEqualTo("0:0:0:0:0:0:0:1");
    assertThat(CrawlUrl.port(url)).isEqualTo(8443);
    assertThat(CrawlUrl.pathAndQuery(url)).isEqualTo("/a/b?c=d:1/e");
    String plain = "http://[2001:db8:0:0:0:0:0:8080]/";
    assertThat(CrawlUrl.port(plain)).isEqualTo(80);
    assertThat(CrawlUrl.hostName(plain)).isEqualTo("2001:db8:0:0:0:0:0:8080");
  }
}
