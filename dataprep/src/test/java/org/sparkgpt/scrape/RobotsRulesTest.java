package org.sparkgpt.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class RobotsRulesTest {
  private static final Optional<Outcome> ALLOWED = Optional.empty();

  private static RobotsRules rules(int status, byte[] robots, String reservations) {
    byte[] json = reservations == null ? null : reservations.getBytes(StandardCharsets.UTF_8);
    return new RobotsRules(
        new HostState("http://a.org", robots, status, 1, json, List.of(), 0),
        ScrapeConfigs.local());
  }

  private static RobotsRules rules(String robots) {
    return rules(200, robots.getBytes(StandardCharsets.UTF_8), null);
  }

  private static Optional<Outcome> refusal(String robots, String path) {
    return rules(robots).refusal("http://a.org" + path);
  }

  @Test
  void theLongestRuleHolds() {
    String robots = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /*.gif$\n";
    assertThat(refusal(robots, "/a/c")).contains(Outcome.ROBOTS);
    assertThat(refusal(robots, "/a/b")).isEqualTo(ALLOWED);
    assertThat(refusal(robots, "/x.gif")).contains(Outcome.ROBOTS);
    assertThat(refusal(robots, "/x.gif?y")).isEqualTo(ALLOWED);
  }

  @Test
  void ourOwnGroupGoesBeforeThatOfAll() {
    String robots = "User-agent: *\nDisallow: /\n\nUser-Agent: TestBot\nDisallow: /x\n";
    assertThat(refusal(robots, "/a")).isEqualTo(ALLOWED);
    assertThat(refusal(robots, "/x")).contains(Outcome.ROBOTS);
  }

  @Test
  void groupsOfOptOutAgentsAreObeyedToo() {
    String robots =
        "User-agent: *\nDisallow: /private\n\nUser-agent: GPTBot\nUser-agent: other\nDisallow: /art\n";
    assertThat(refusal(robots, "/art")).contains(Outcome.OPT_OUT);
    assertThat(refusal(robots, "/a")).isEqualTo(ALLOWED);
    assertThat(refusal(robots, "/private")).contains(Outcome.ROBOTS);
  }

  @Test
  void oneOptOutIsEnough() {
    String robots = "User-agent: GPTBot\nDisallow: /\n\nUser-agent: CCBot\nAllow: /\n";
    assertThat(refusal(robots, "/a")).contains(Outcome.OPT_OUT);
  }

  @Test
  void theGroupOfAllIsNotAnOptOutAgentsGroup() {
    String robots =
        "User-agent: * # all\nDisallow: /\n\nUser-agent: testbot\nAllow: /\n\n# GPTBot\n";
    assertThat(refusal(robots, "/a")).isEqualTo(ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Signal: search=yes, ai-train=no",
        "content-usage: train-ai=n",
        "User-agent: *\nContent-Signal: ai-train = no"
      })
  void signalsAgainstTrainingHoldForTheHost(String robots) {
    assertThat(refusal(robots, "/a")).contains(Outcome.OPT_OUT);
  }

  @Test
  void signalsForTrainingAreNone() {
    assertThat(refusal("Content-Signal: search=no, ai-train=yes", "/a")).isEqualTo(ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 429, 500, 503})
  void withoutRobotsTxtNothingMayBeFetched(int status) {
    assertThat(rules(status, null, null).refusal("http://a.org/"))
        .contains(Outcome.ROBOTS_UNREACHABLE);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 400, 401, 403, 404, 410})
  void aHostThatHasNoneAllowsAll(int status) {
    assertThat(rules(status, null, null).refusal("http://a.org/")).isEqualTo(ALLOWED);
  }

  @Test
  void delaysAndSitemapsAreRead() {
    RobotsRules rules = rules("Sitemap: http://b.org/s.xml\nUser-agent: *\nCrawl-delay: 2.5\n");
    assertThat(rules.crawlDelay()).isEqualTo(2500);
    assertThat(rules.sitemaps()).containsExactly("http://b.org/s.xml");
    assertThat(rules("User-agent: *\nCrawl-delay: 86400\nAllow: /").crawlDelay())
        .isEqualTo(86_400_000);
    assertThat(rules("").crawlDelay()).isZero();
  }

  @Test
  void reservationsOfMiningAreOptOuts() {
    RobotsRules rules =
        rules(
            404,
            null,
            """
            [{"location": "/", "tdm-reservation": 1},
             {"location": "/free/", "tdm-reservation": 0},
             {"location": "/x\\nAllow: /", "tdm-reservation": 1}]""");
    assertThat(rules.refusal("http://a.org/a")).contains(Outcome.OPT_OUT);
    assertThat(rules.refusal("http://a.org/free/a")).isEqualTo(ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "7", "[[1]]", "{\"location\": 1}", "[{\"location\": {}}]"})
  void brokenReservationsReserveNothing(String json) {
    assertThat(rules(404, null, json).refusal("http://a.org/a")).isEqualTo(ALLOWED);
  }

  @Test
  void noRobotsTxtIsTooOdd() {
    byte[] binary = new byte[500 << 10];
    new Random(1).nextBytes(binary);
    assertThat(rules(200, binary, null).refusal("http://a.org/a")).isEqualTo(ALLOWED);
    for (String line :
        new String[] {"\n", " ", "*", "User-agent:", "a: b\n", "Content-Signal: ai-train "}) {
      String text = line.repeat((500 << 10) / line.length());
      assertThat(refusal(text, "/a")).as(line).isEqualTo(ALLOWED);
    }
    String stars = "User-agent: *\nDisallow: /" + "*a".repeat(10_000) + "b\n";
    assertThat(refusal(stars, "/" + "a".repeat(2000))).isEqualTo(ALLOWED);
    String many = "User-agent: *\n" + "Disallow: /*x*y*z$\n".repeat(20_000);
    assertThat(refusal(many, "/" + "xyz".repeat(600) + "a")).isEqualTo(ALLOWED);
  }

  @Test
  void settingsTurnOptOutsOff() {
    HostState state =
        new HostState(
            "http://a.org",
            "Content-Signal: ai-train=no\nUser-agent: GPTBot\nDisallow: /"
                .getBytes(StandardCharsets.UTF_8),
            200,
            1,
            "[{\"location\": \"/\", \"tdm-reservation\": 1}]".getBytes(StandardCharsets.UTF_8),
            List.of(),
            0);
    ScrapeConfig all =
        ScrapeConfigs.local(Map.of("respectAiOptOut", false, "optOutAgents", List.of()));
    assertThat(new RobotsRules(state, all).refusal("http://a.org/a")).isEqualTo(ALLOWED);
  }
}
