package org.sparkgpt.scrape;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a page asks of crawlers, in its HTTP header (X-Robots-Tag) and its meta tags. */
final class PageDirectives {
  private static final Set<String> NO_INDEX = Set.of("noindex", "none");
  private static final Set<String> NO_FOLLOW = Set.of("nofollow", "none");
  private static final Set<String> RESERVED = Set.of("noai", "noimageai");
  private static final String TDM_RESERVATION = "tdm-reservation";

  /** {@code agent: directives}; directives with a value look alike. */
  private static final Pattern ADDRESSED = Pattern.compile("\\s*([\\w.-]+)\\s*:(.*)");

  private static final Set<String> WITH_VALUE =
      Set.of("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview");

  private final Set<String> agents = new HashSet<>();
  private boolean noIndex;
  private boolean noFollow;
  private boolean reserved;

  PageDirectives(ScrapeConfig config) {
    agents.add("robots");
    agents.add(config.robotName());
    config.optOutAgents().forEach(agent -> agents.add(agent.toLowerCase(Locale.ROOT)));
  }

  boolean noIndex() {
    return noIndex;
  }

  boolean noFollow() {
    return noFollow;
  }

  /** Whether the page reserves its use for AI or text and data mining. */
  boolean isReserved() {
    return reserved;
  }

  void addHeader(HttpHead head) {
    head.all("x-robots-tag").forEach(this::addTag);
    head.all(TDM_RESERVATION).forEach(value -> addMeta(TDM_RESERVATION, value));
  }

  /** An agent's name holds for what follows it, up to the next name. */
  private void addTag(String tag) {
    boolean forUs = true;
    for (String part : tag.split(",")) {
      Matcher addressed = ADDRESSED.matcher(part);
      boolean named =
          addressed.matches() && !WITH_VALUE.contains(addressed.group(1).toLowerCase(Locale.ROOT));
      if (named) {
        forUs = agents.contains(addressed.group(1).toLowerCase(Locale.ROOT));
      }
      if (forUs) {
        add(List.of(named ? addressed.group(2) : part));
      }
    }
  }

  /** A meta tag of any name. */
  void addMeta(String name, String content) {
    String of = name.strip().toLowerCase(Locale.ROOT);
    if (of.equals(TDM_RESERVATION)) {
      reserved |= content.strip().equals("1");
    } else if (agents.contains(of)) {
      add(List.of(content.split("[,\\s]+")));
    }
  }

  private void add(List<String> directives) {
    for (String directive : directives) {
      String known = directive.strip().toLowerCase(Locale.ROOT);
      noIndex |= NO_INDEX.contains(known);
      noFollow |= NO_FOLLOW.contains(known);
      reserved |= RESERVED.contains(known);
    }
  }
}
