package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScrapeConfigTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "acmebot/1.0 (+https://acme.org/bot)",
        "acme-bot (crawl@acme.org)",
        "Acme_Bot/2 https://acme.org"
      })
  void aUserAgentNamesAContact(String userAgent) {
    assertThat(ScrapeConfigs.local(Map.of("userAgent", userAgent)).userAgent())
        .isEqualTo(userAgent);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acmebot/1.0",
        "https://acme.org/bot",
        "acmebot (+https://acme.org)\r\nCookie: a=b",
        "acmebot (+https://acme.org/\u00fc)",
        "1bot https://acme.org"
      })
  void otherUserAgentsAreRefused(String userAgent) {
    assertThatThrownBy(() -> ScrapeConfigs.local(Map.of("userAgent", userAgent)))
        .hasMessageContaining("scrape.userAgent must be a name");
  }

  @Test
  void robotsTxtIsReadForTheProductToken() {
    assertThat(ScrapeConfigs.local(Map.of("userAgent", "Acme-Bot/1 (a@b.org)")).robotName())
        .isEqualTo("acme-bot");
  }

  @ParameterizedTest
  @CsvSource({
    "maxDepth, -1",
    "connections, 0",
    "delayMillis, -1",
    "maxBodyBytes, 0",
    "retryMillis, 0",
    "maxRetryMillis, 4",
    "totalMillis, 0",
    "maxRedirects, -1",
    "maxBodyBytes, 1000000000"
  })
  void limitsAreChecked(String key, int value) {
    assertThatThrownBy(() -> ScrapeConfigs.local(Map.of(key, value)))
        .hasMessageContaining("scrape." + key + " must be at");
  }

  @Test
  void aRunNeedsSeedsAndAUserAgent() {
    assertThatThrownBy(() -> ScrapeConfigs.local().requireRunnable())
        .hasMessageContaining("scrape.seeds and scrape.sitemaps are empty");
    Map<String, ?> nameless = Map.of("userAgent", "", "seeds", List.of("http://a.org/"));
    assertThatThrownBy(() -> ScrapeConfigs.local(nameless).requireRunnable())
        .hasMessageContaining("scrape.userAgent is not set");
  }
}
