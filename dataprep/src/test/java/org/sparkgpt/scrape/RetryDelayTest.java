package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetryDelayTest {
  private static final long NOW = Instant.parse("2026-11-22T10:00:00Z").toEpochMilli();

  @Test
  void theDelayDoublesUpToItsBound() {
    RetryDelay delay =
        new RetryDelay(ScrapeConfigs.local(Map.of("retryMillis", 100, "maxRetryMillis", 1000)));
    assertThat(delay.after(1)).isEqualTo(100);
    assertThat(delay.after(2)).isEqualTo(200);
    assertThat(delay.after(4)).isEqualTo(800);
    assertThat(delay.after(5)).isEqualTo(1000);
    assertThat(delay.after(1000)).isEqualTo(1000);
  }

  @Test
  void retryAfterIsSecondsOrADate() {
    assertThat(RetryDelay.asked("0", NOW)).hasValue(0);
    assertThat(RetryDelay.asked("120", NOW)).hasValue(120_000);
    assertThat(RetryDelay.asked("Sun, 22 Nov 2026 10:01:00 GMT", NOW)).hasValue(60_000);
    assertThat(RetryDelay.asked("Sun, 22 Nov 2026 09:00:00 GMT", NOW)).hasValue(0);
  }

  @Test
  void anythingElseIsNoRetryAfter() {
    for (String value : new String[] {"", "-1", "1.5", "soon", "9".repeat(40)}) {
      assertThat(RetryDelay.asked(value, NOW)).as(value).isEmpty();
    }
  }
}
