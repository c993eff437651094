package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopeTest {
  private static Scope scope(Map<String, ?> settings, String... roots) {
    return new Scope(ScrapeConfigs.local(settings), List.of(roots));
  }

  @Test
  void aHostIsANameAndAPort() {
    Scope scope = scope(Map.of("scope", "host"), "https://www.example.org/start");
    assertThat(scope.admits("https://www.example.org/other", 1)).isTrue();
    assertThat(scope.admits("http://www.example.org/", 1)).as("another scheme").isTrue();
    assertThat(scope.admits("https://example.org/", 1)).isFalse();
    assertThat(scope.admits("https://www.example.org:8443/", 1)).isFalse();
    assertThat(scope.admits("https://www.example.org.evil.com/", 1)).isFalse();
  }

  @Test
  void aDomainIsWhatSomebodyRegistered() {
    Scope scope =
        scope(Map.of("scope", "domain"), "https://www.example.co.uk/", "http://127.0.0.1/");
    assertThat(scope.admits("https://shop.example.co.uk/", 1)).isTrue();
    assertThat(scope.admits("https://other.co.uk/", 1)).isFalse();
    assertThat(scope.admits("http://127.0.0.1:8080/", 1)).isTrue();
    assertThat(scope.admits("http://127.0.0.2/", 1)).isFalse();
  }

  @Test
  void sitesUnderAProvidersDomainAreNotOne() {
    Scope scope = scope(Map.of("scope", "domain"), "https://alice.github.io/");
    assertThat(scope.admits("https://alice.github.io/x", 1)).isTrue();
    assertThat(scope.admits("https://bob.github.io/", 1)).isFalse();
  }

  @Test
  void depthAndPatternsBoundIt() {
    Scope scope =
        scope(
            Map.of("maxDepth", 2, "allow", List.of("*/docs/*"), "deny", List.of("*.pdf", "*?*")),
            "http://a.org/");
    assertThat(scope.admits("http://b.org/docs/x", 2)).isTrue();
    assertThat(scope.admits("http://b.org/docs/x", 3)).isFalse();
    assertThat(scope.admits("http://b.org/blog/x", 1)).isFalse();
    assertThat(scope.admits("http://b.org/docs/x.pdf", 1)).isFalse();
    assertThat(scope.admits("http://b.org/docs/x?y", 1)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "*, abc, true",
    "a*c, abc, true",
    "a*c, abcd, false",
    "a**c, ac, true",
    "*a*b, aabab, true",
    "abc, abc, true",
    "abc, ab, false",
    "ab, abc, false",
    "a.c, abc, false"
  })
  void aStarStandsForAnything(String pattern, String url, boolean matches) {
    assertThat(Scope.matches(pattern, url)).isEqualTo(matches);
  }

  @Test
  void noUrlMakesAPatternSlow() {
    assertThat(Scope.matches("*a*a*a*a*a*a*a*a*b", "a".repeat(CrawlUrl.MAX_LENGTH))).isFalse();
  }
}
