package org.sparkgpt.scrape;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Settings for servers on this machine: no delay, short limits. */
final class ScrapeConfigs {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS).build();

  private ScrapeConfigs() {}

  static ScrapeConfig local() {
    return local(Map.of());
  }

  /**
   * @param changes settings by name
   */
  static ScrapeConfig local(Map<String, ?> changes) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("seeds", List.of());
    settings.put("robotsSitemaps", true);
    settings.put("userAgent", "testbot/1.0 (+https://example.org/bot)");
    settings.put("scope", "any");
    settings.put("maxDepth", 10);
    settings.put("maxPages", 1000);
    settings.put("maxPagesPerHost", 1000);
    settings.put("delayMillis", 0);
    settings.put("maxCrawlDelayMillis", 1000);
    settings.put("connections", 4);
    settings.put("connectMillis", 2000);
    settings.put("readMillis", 2000);
    settings.put("totalMillis", 5000);
    settings.put("maxHeaderBytes", 1 << 13);
    settings.put("maxBodyBytes", 1 << 20);
    settings.put("maxRedirects", 3);
    settings.put("retries", 2);
    settings.put("retryMillis", 5);
    settings.put("maxRetryMillis", 1500);
    settings.put("mediaTypes", List.of("text/html", "text/plain"));
    settings.put("optOutAgents", List.of("GPTBot", "CCBot"));
    settings.put("respectAiOptOut", true);
    settings.put("allowPrivateAddresses", true);
    settings.put("roundSeconds", 10);
    settings.putAll(changes);
    return JSON.convertValue(settings, ScrapeConfig.class);
  }
}
