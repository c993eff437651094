package org.sparkgpt.card;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiteTest {
  @ParameterizedTest
  @CsvSource({
    "https://www.Example.co.uk:8080/a/b?c#d, example.co.uk",
    "http://user:secret@en.wikipedia.org, wikipedia.org",
    "http://me.github.io/page, me.github.io",
    "http://127.0.0.1:19380/x, 127.0.0.1",
    "http://[::1]:80/x, [::1]",
    "http://localhost/x, localhost",
    "https://xn--bcher-kva.example/, xn--bcher-kva.example",
    "no address, no address",
    "http:///path, http:///path"
  })
  void addressesStandForTheirRegisteredDomain(String url, String site) {
    assertThat(new Site().call(url, "file.warc.gz")).isEqualTo(site);
  }

  @Test
  void filesStandForThemselvesWithTheirFolder() {
    assertThat(new Site().call(null, "hdfs://h:1/data/books/a.zip!/in/b.txt"))
        .isEqualTo("books/a.zip");
    assertThat(new Site().call(null, "/data/books/c.txt")).isEqualTo("books/c.txt");
    assertThat(new Site().call(null, "c.txt")).isEqualTo("c.txt");
    assertThat(new Site().call(null, "/c.txt")).isEqualTo("/c.txt");
  }
}
