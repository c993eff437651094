package org.sparkgpt.clean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.sparkgpt.corpus.Verdict;

/** The profiles against a second implementation of them; see README.md beside the file. */
class RuleGoldensTest {
  private static final double MANY = 1e9;

  private final Text text = new Text(); // one for all: nothing may be left from the text before

  @Test
  void everyProfilePassesAndRejectsTheSameTextsForTheSameReason() throws IOException {
    Map<String, Rule> rules = new HashMap<>();
    CleanConfigs.thresholds().forEach((name, t) -> rules.put(name, Rules.profile(name, t)));
    for (JsonNode golden : goldens()) {
      for (Map.Entry<String, JsonNode> expected : golden.get("verdicts").properties()) {
        String profile = expected.getKey();
        Optional<Verdict> verdict = ask(rules.get(profile), golden);
        JsonNode reason = expected.getValue();
        if (reason.isNull()) {
          assertThat(verdict).as(name(profile, golden)).isEmpty();
          JsonNode page = golden.get("c4").path(profile);
          assertThat(text.characters())
              .as(name(profile, golden))
              .isEqualTo(page.isMissingNode() ? golden.get("text").asText() : page.asText());
        } else {
          assertThat(verdict.map(Verdict::reason))
              .as(name(profile, golden))
              .contains(profile + "/" + reason.get(0).asText());
          assertValue(profile, golden, verdict, reason.get(1));
        }
      }
    }
  }

  @Test
  void everyRuleMeasuresTheSame() throws IOException {
    int measured = 0;
    Map<String, Rule> rules = new HashMap<>();
    for (JsonNode golden : goldens()) {
      for (Map.Entry<String, JsonNode> profile : golden.get("measures").properties()) {
        for (JsonNode measure : profile.getValue()) {
          String threshold = measure.get(0).asText();
          Rule rule =
              rules.computeIfAbsent(
                  profile.getKey() + threshold, key -> alone(profile.getKey(), threshold));
          Optional<Verdict> verdict = ask(rule, golden);
          JsonNode value = measure.get(1);
          boolean lower = threshold.startsWith("min");
          double strict = strict(threshold);
          if (value.isNull() || (lower ? value.asDouble() >= strict : value.asDouble() <= strict)) {
            assertThat(verdict).as(name(profile.getKey() + "." + threshold, golden)).isEmpty();
          } else {
            assertValue(profile.getKey() + "." + threshold, golden, verdict, value);
          }
          measured++;
        }
      }
    }
    assertThat(measured).isGreaterThan(4_000);
  }

  private static void assertValue(
      String what, JsonNode golden, Optional<Verdict> verdict, JsonNode value) {
    assertThat(verdict).as(name(what, golden)).isPresent();
    if (value.isNull()) {
      assertThat(verdict.get().value()).as(name(what, golden)).isNaN();
    } else {
      assertThat(verdict.get().value())
          .as(name(what, golden))
          .isCloseTo(value.asDouble(), within(1e-12));
    }
  }

  private Optional<Verdict> ask(Rule rule, JsonNode golden) {
    text.read(golden.get("text").asText(), golden.get("language").asText(), null);
    return rule.reject(text);
  }

  /** A profile of which one threshold lets nothing pass and all others everything. */
  private static Rule alone(String profile, String threshold) {
    Map<String, Double> values = new HashMap<>();
    for (String name : CleanConfigs.thresholds().get(profile).keySet()) {
      boolean bounded = name.endsWith("Fraction") && !isBeyondOne(profile, name);
      double lenient = name.startsWith("min") ? 0 : bounded ? 1 : MANY;
      values.put(name, name.equals(threshold) ? strict(name) : lenient);
    }
    values.computeIfPresent("shortLineCharacters", (name, value) -> 30.0);
    return Rules.profile(profile, values);
  }

  /** What counts characters more than once. */
  private static boolean isBeyondOne(String profile, String threshold) {
    return threshold.startsWith("maxTop")
        || profile.endsWith("@dolma") && threshold.equals("maxDuplicateLineCharacterFraction");
  }

  private static double strict(String threshold) {
    return threshold.startsWith("max") ? 0 : threshold.endsWith("Fraction") ? 1 : MANY;
  }

  private static String name(String what, JsonNode golden) {
    String text = golden.get("text").asText();
    return what + " of " + text.substring(0, Math.min(60, text.length()));
  }

  private static List<JsonNode> goldens() throws IOException {
    JsonMapper json = new JsonMapper();
    List<JsonNode> goldens = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    RuleGoldensTest.class.getResourceAsStream("rule-goldens.jsonl.gz")),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        goldens.add(json.readTree(line));
      }
    }
    return goldens;
  }
}
