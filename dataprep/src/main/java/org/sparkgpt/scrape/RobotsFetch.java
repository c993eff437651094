package org.sparkgpt.scrape;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Fetches what a host says of crawling as a whole. */
final class RobotsFetch {
  /** RFC 9309, 2.5: at least this much must be read. */
  private static final int MAX_ROBOTS = 500 << 10;

  /** Of a robots.txt that comes packed though it was not asked for so. */
  private static final int MAX_UNPACKED = 5 << 20;

  private static final int MAX_RESERVATIONS = 1 << 20;

  /** RFC 9309, 2.3.1.2. */
  private static final int MAX_REDIRECTS = 5;

  private static final int OK = 200;

  private final ScrapeConfig config;
  private final HttpFetch fetch;

  RobotsFetch(ScrapeConfig config, HttpFetch fetch) {
    this.config = config;
    this.fetch = fetch;
  }

  /**
   * A host's robots.txt, or why it could not be had.
   *
   * @param state with an empty robots.txt and status 0 if there was no answer
   * @param failure why there was none; null if there was one
   */
  record Robots(HostState state, Outcome failure) {}

  /**
   * @param now milliseconds since 1970
   */
  Robots robots(HostState state, long now) {
    String url = state.host() + "/robots.txt";
    try {
      HttpFetch.Answer answer = get(url, MAX_ROBOTS);
      for (int i = 0; i < MAX_REDIRECTS; i++) {
        Optional<String> next = redirect(url, answer);
        if (next.isEmpty()) {
          break;
        }
        url = next.get();
        answer = get(url, MAX_ROBOTS);
      }
      byte[] text = answer.body() == null ? null : decoded(answer);
      return new Robots(fetched(state, text, answer.head().status(), now), null);
    } catch (FetchException e) {
      return new Robots(fetched(state, null, 0, now), e.outcome());
    }
  }

  /** The host's reservations of text and data mining; null if there are none. */
  byte[] reservations(HostState state) {
    try {
      HttpFetch.Answer answer = get(reservationsUrl(state), MAX_RESERVATIONS);
      return answer.body() == null ? null : decoded(answer);
    } catch (FetchException e) {
      return null;
    }
  }

  static String reservationsUrl(HostState state) {
    return state.host() + "/.well-known/tdmrep.json";
  }

  private HttpFetch.Answer get(String url, int maxBytes) throws FetchException {
    return fetch.get(new HttpFetch.Request(url, List.of(), null, null, maxBytes, true));
  }

  private static byte[] decoded(HttpFetch.Answer answer) throws FetchException {
    String coding = answer.head().joined("content-encoding");
    byte[] body = ContentCoding.decode(answer.body(), coding, MAX_UNPACKED);
    return body.length > MAX_ROBOTS ? Arrays.copyOf(body, MAX_ROBOTS) : body;
  }

  private static Optional<String> redirect(String url, HttpFetch.Answer answer) {
    HttpHead head = answer.head();
    boolean redirected = head.status() / 100 == 3;
    return redirected
        ? head.first("location").flatMap(to -> CrawlUrl.resolve(url, to))
        : Optional.empty();
  }

  private HostState fetched(HostState state, byte[] robots, int status, long now) {
    byte[] text = status == OK ? robots : null;
    HostState found =
        new HostState(state.host(), text, status, now, null, List.of(), state.notBefore());
    if (!config.robotsSitemaps()) {
      return found;
    }
    List<String> sitemaps =
        new RobotsRules(found, config)
            .sitemaps().stream()
                .flatMap(s -> CrawlUrl.normalize(s).stream())
                .distinct()
                .limit(Sitemap.MAX_SITEMAPS)
                .toList();
    return new HostState(state.host(), text, status, now, null, sitemaps, state.notBefore());
  }
}
