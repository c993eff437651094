package org.sparkgpt.scrape;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import crawlercommons.robots.BaseRobotRules;
import crawlercommons.robots.SimpleRobotRules;
import crawlercommons.robots.SimpleRobotRulesParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a host allows: its robots.txt (RFC 9309) as it speaks to us and to the agents of
 * scrape.optOutAgents, and its reservations of text and data mining (TDMRep, tdmrep.json).
 */
final class RobotsRules {
  private static final int TOO_MANY_REQUESTS = 429;

  /** The group of all others; taken out to see whether an agent is named. */
  private static final Pattern EVERYONE =
      Pattern.compile("(?im)^([ \\t]*user-?agent[ \\t]*:[ \\t]*)\\*(?=[ \\t]*(?:#|$))");

  /** Cloudflare's Content Signals and the drafted Content-Usage, which hold for the whole host. */
  private static final Pattern NO_TRAINING =
      Pattern.compile(
          "(?im)^[ \\t]*content-(?:signal|usage)[ \\t]*:[^\\r\\n#]*\\b(?:ai-train|train-ai)[ \\t]*=[ \\t]*n");

  private static final ObjectReader JSON = new JsonMapper().reader();

  private final boolean unreachable;
  private final boolean reservesAll;
  private final BaseRobotRules own;
  private final List<BaseRobotRules> optOuts = new ArrayList<>();

  RobotsRules(HostState state, ScrapeConfig config) {
    unreachable = isUnreachable(state.robotsStatus());
    String text =
        state.robots() == null ? "" : new String(state.robots(), StandardCharsets.ISO_8859_1);
    own = parse(state.host(), text, config.robotName());
    String named = EVERYONE.matcher(text).replaceAll("$1-");
    String lowerCase = text.toLowerCase(Locale.ROOT);
    for (String agent : config.optOutAgents()) {
      String name = agent.toLowerCase(Locale.ROOT);
      if (lowerCase.contains(name)) {
        optOuts.add(parse(state.host(), named, name));
      }
    }
    if (config.respectAiOptOut() && state.reservations() != null) {
      optOuts.add(parse(state.host(), asRobots(state.reservations()), config.robotName()));
    }
    reservesAll = config.respectAiOptOut() && NO_TRAINING.matcher(text).find();
  }

  /** Whether RFC 9309 counts this answer to robots.txt as none; 0 stands for no answer. */
  static boolean isUnreachable(int status) {
    return status == 0 || status == TOO_MANY_REQUESTS || status >= 500;
  }

  /** Why a URL may not be fetched; empty if it may. */
  Optional<Outcome> refusal(String url) {
    if (unreachable) {
      return Optional.of(Outcome.ROBOTS_UNREACHABLE);
    }
    if (!own.isAllowed(url)) {
      return Optional.of(Outcome.ROBOTS);
    }
    boolean optedOut = reservesAll || optOuts.stream().anyMatch(rules -> !rules.isAllowed(url));
    return optedOut ? Optional.of(Outcome.OPT_OUT) : Optional.empty();
  }

  /** Milliseconds between requests that robots.txt asks for; 0 if it does not. */
  long crawlDelay() {
    return Math.max(0, own.getCrawlDelay()); // negative: not set
  }

  /** As robots.txt names them. */
  List<String> sitemaps() {
    return own.getSitemaps();
  }

  private static BaseRobotRules parse(String host, String text, String robotName) {
    // One for each text, as it counts warnings; it logs none and leaves long delays to us.
    SimpleRobotRulesParser parser = new SimpleRobotRulesParser(Long.MAX_VALUE, 0);
    try {
      return parser.parseContent(
          host + "/robots.txt",
          text.getBytes(StandardCharsets.ISO_8859_1),
          "text/plain",
          List.of(robotName));
    } catch (RuntimeException e) {
      // On a robots.txt nobody has seen yet; one that cannot be read may forbid anything.
      return new SimpleRobotRules(SimpleRobotRules.RobotRulesMode.ALLOW_NONE);
    }
  }

  /** A reservation's location is a pattern of robots.txt's kind, and the longest one holds. */
  private static String asRobots(byte[] reservations) {
    JsonNode entries;
    try {
      entries = JSON.readTree(reservations);
    } catch (JsonProcessingException e) {
      return "";
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
    StringBuilder rules = new StringBuilder("User-agent: *\n");
    for (JsonNode entry : entries) {
      String location = entry.path("location").asText("");
      if (location.startsWith("/") && location.chars().noneMatch(c -> c < 32)) {
        boolean reserved = entry.path("tdm-reservation").asInt(0) == 1;
        rules.append(reserved ? "Disallow: " : "Allow: ").append(location).append('\n');
      }
    }
    return rules.toString();
  }
}
