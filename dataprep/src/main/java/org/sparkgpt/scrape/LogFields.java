package org.sparkgpt.scrape;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A visit or a host's state as the text of a {@code metadata} record ({@code
 * application/warc-fields}): {@code name: value} lines named after the components of {@link Visit}
 * and {@link HostState}, those that are null left out; {@code outlink} and {@code sitemapLink} once
 * for each. A visit begins with {@code outcome}, a host's state with {@code host}.
 */
final class LogFields {
  private static final String OUTCOME = "outcome";
  private static final String HOST = "host";
  private static final String LINK = "outlink";
  private static final String SITEMAP_LINK = "sitemapLink";

  private final Map<String, List<String>> values = new HashMap<>();

  private LogFields() {}

  /** Builds the text. */
  private static final class Text {
    private final StringBuilder lines = new StringBuilder();

    Text add(String name, Object value) {
      if (value != null) {
        // What servers send must not begin a line of its own.
        String line = value.toString().replaceAll("\\p{Cntrl}", " ");
        lines.append(name).append(": ").append(line).append("\r\n");
      }
      return this;
    }

    Text addAll(String name, List<String> all) {
      all.forEach(value -> add(name, value));
      return this;
    }

    byte[] bytes() {
      return lines.toString().getBytes(StandardCharsets.UTF_8);
    }
  }

  static byte[] of(Visit visit) {
    return new Text()
        .add(OUTCOME, visit.outcome())
        .add("depth", visit.depth())
        .add("redirects", visit.redirects())
        .add("attempts", visit.attempts())
        .add("sitemap", visit.sitemap())
        .add("status", visit.status())
        .add("mediaType", visit.mediaType())
        .add("bytes", visit.bytes())
        .add("digest", visit.digest())
        .add("etag", visit.etag())
        .add("lastModified", visit.lastModified())
        .add("redirect", visit.redirect())
        .add("time", visit.time())
        .add("notBefore", visit.notBefore())
        .add("retryAt", visit.retryAt())
        .addAll(LINK, visit.links())
        .addAll(SITEMAP_LINK, visit.sitemaps())
        .bytes();
  }

  /** Without robots.txt and reservations, which have records of their own. */
  static byte[] of(HostState state) {
    return new Text()
        .add(HOST, state.host())
        .add("robotsStatus", state.robotsStatus())
        .add("robotsFetched", state.robotsFetched())
        .add("notBefore", state.notBefore())
        .addAll(SITEMAP_LINK, state.sitemaps())
        .bytes();
  }

  static LogFields parse(byte[] text) {
    LogFields fields = new LogFields();
    for (String line : new String(text, StandardCharsets.UTF_8).split("\r\n")) {
      int colon = line.indexOf(": ");
      fields
          .values
          .computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
          .add(line.substring(colon + 2));
    }
    return fields;
  }

  boolean isVisit() {
    return values.containsKey(OUTCOME);
  }

  Visit visit(String url) {
    return new Visit(
        url,
        (int) number("depth"),
        (int) number("redirects"),
        (int) number("attempts"),
        Boolean.parseBoolean(text("sitemap")),
        Outcome.named(text(OUTCOME)),
        (int) number("status"),
        text("mediaType"),
        number("bytes"),
        text("digest"),
        text("etag"),
        text("lastModified"),
        text("redirect"),
        values.getOrDefault(LINK, List.of()),
        values.getOrDefault(SITEMAP_LINK, List.of()),
        number("time"),
        number("notBefore"),
        number("retryAt"));
  }

  HostState host(byte[] robots, byte[] reservations) {
    return new HostState(
        text(HOST),
        robots,
        (int) number("robotsStatus"),
        number("robotsFetched"),
        reservations,
        values.getOrDefault(SITEMAP_LINK, List.of()),
        number("notBefore"));
  }

  private String text(String name) {
    List<String> all = values.get(name);
    return all == null ? null : all.get(0);
  }

  private long number(String name) {
    return Long.parseLong(text(name));
  }
}
