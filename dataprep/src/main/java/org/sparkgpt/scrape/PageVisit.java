package org.sparkgpt.scrape;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkgpt.extract.HtmlCharset;

/** Asks for one target and judges the answer. Used for one target, by one thread. */
final class PageVisit {
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> GONE = Set.of(404, 410);
  private static final int TOO_MANY_REQUESTS = 429;
  private static final Set<String> HTML = Set.of("text/html", "application/xhtml+xml");

  /** An index lists sitemaps; one that lists indexes is against the protocol, but seen. */
  private static final int MAX_SITEMAP_DEPTH = 2;

  private static final Pattern CHARSET =
      Pattern.compile("charset *= *[\"']?([^\\s;\"']+)", Pattern.CASE_INSENSITIVE);

  private final ScrapeConfig config;
  private final Target target;
  private final long time;
  private HttpHead head;
  private byte[] body;
  private String digest; // of the body
  private String redirect;
  private Sitemap found = new Sitemap(List.of(), List.of());
  private Exchange exchange;
  private OptionalLong askedDelay = OptionalLong.empty();

  /**
   * @param time now, in milliseconds since 1970
   */
  PageVisit(ScrapeConfig config, Target target, long time) {
    this.config = config;
    this.target = target;
    this.time = time;
  }

  /** Asks and judges; never throws for what the server does. */
  Outcome run(HttpFetch fetch) {
    List<String> accept = target.sitemap() ? List.of() : config.mediaTypes();
    HttpFetch.Request request =
        new HttpFetch.Request(
            target.url(),
            accept,
            target.etag(),
            target.lastModified(),
            config.maxBodyBytes(),
            false);
    try {
      HttpFetch.Answer answer = fetch.get(request);
      head = answer.head();
      body = answer.body();
      digest = body == null ? null : WarcRecord.sha1(body);
      Outcome outcome = judge();
      if (outcome == Outcome.FETCHED
          || outcome == Outcome.DUPLICATE
          || outcome == Outcome.NOT_MODIFIED) {
        keep(answer);
      }
      return outcome;
    } catch (FetchException e) {
      return e.outcome();
    }
  }

  private Outcome judge() throws FetchException {
    int status = head.status();
    if (status == OK) {
      return target.sitemap() ? readSitemap() : judgePage();
    }
    if (status == NOT_MODIFIED) {
      boolean asked = target.etag() != null || target.lastModified() != null;
      return asked ? Outcome.NOT_MODIFIED : Outcome.NO_PAGE;
    }
    if (REDIRECTS.contains(status)) {
      return judgeRedirect();
    }
    if (GONE.contains(status)) {
      return Outcome.NOT_FOUND;
    }
    if (status == TOO_MANY_REQUESTS || status >= 500) {
      return judgeDelay(status == TOO_MANY_REQUESTS ? Outcome.RATE_LIMITED : Outcome.SERVER_ERROR);
    }
    return status >= 400 ? Outcome.REFUSED : Outcome.NO_PAGE;
  }

  private Outcome judgeDelay(Outcome outcome) {
    askedDelay =
        head.first("retry-after")
            .map(value -> RetryDelay.asked(value, time))
            .orElse(OptionalLong.empty());
    return askedDelay.orElse(0) > config.maxRetryMillis() ? Outcome.RETRY_AFTER_TOO_LONG : outcome;
  }

  private Outcome judgeRedirect() {
    Optional<String> to = head.first("location").flatMap(l -> CrawlUrl.resolve(target.url(), l));
    if (to.isEmpty()
        || to.get().equals(target.url())
        || target.redirects() >= config.maxRedirects()) {
      return Outcome.BAD_REDIRECT;
    }
    redirect = to.get();
    return Outcome.REDIRECT;
  }

  private Outcome readSitemap() throws FetchException {
    Sitemap listed = Sitemap.read(unpacked(), target.url(), config.maxBodyBytes());
    boolean deep = target.depth() >= MAX_SITEMAP_DEPTH;
    found = new Sitemap(listed.pages(), deep ? List.of() : listed.sitemaps());
    return Outcome.SITEMAP;
  }

  private Outcome judgePage() throws FetchException {
    if (body == null) {
      return Outcome.MEDIA_TYPE;
    }
    PageDirectives directives = new PageDirectives(config);
    directives.addHeader(head);
    byte[] page = unpacked();
    if (HTML.contains(head.mediaType())) {
      readLinks(page, directives);
    }
    if (directives.isReserved() && config.respectAiOptOut()) {
      found = new Sitemap(List.of(), List.of());
      return Outcome.OPT_OUT;
    }
    if (directives.noIndex()) {
      return Outcome.NO_INDEX;
    }
    return digest.equals(target.digest()) ? Outcome.DUPLICATE : Outcome.FETCHED;
  }

  private void readLinks(byte[] page, PageDirectives directives) {
    try {
      String html = HtmlCharset.decode(page, charset());
      found = new Sitemap(PageLinks.read(html, target.url(), directives), List.of());
    } catch (RuntimeException e) {
      // A parser's failure on a page nobody has seen yet: it leads nowhere, but it is a page.
      found = new Sitemap(List.of(), List.of());
    }
  }

  private byte[] unpacked() throws FetchException {
    return ContentCoding.decode(body, head.joined("content-encoding"), config.maxBodyBytes());
  }

  private Charset charset() {
    Matcher charset = CHARSET.matcher(head.first("content-type").orElse(""));
    return charset.find() ? HtmlCharset.named(charset.group(1)) : null;
  }

  private void keep(HttpFetch.Answer answer) {
    exchange =
        new Exchange(
            target.url(),
            answer.address(),
            answer.requestHeader(),
            head.withoutTransferCoding(),
            body == null ? new byte[0] : body);
  }

  /** Null if nothing is to be kept. */
  Exchange exchange() {
    return exchange;
  }

  /** How long the server asked to wait, in milliseconds. */
  OptionalLong askedDelay() {
    return askedDelay;
  }

  /** What to log once it is known when to go on. */
  Visit visit(Outcome outcome, int attempts, long notBefore, long retryAt) {
    boolean answered = head != null;
    boolean isNew = body != null;
    return new Visit(
        target.url(),
        target.depth(),
        target.redirects(),
        attempts,
        target.sitemap(),
        outcome,
        answered ? head.status() : 0,
        answered ? head.mediaType() : null,
        isNew ? body.length : 0,
        isNew ? digest : target.digest(),
        isNew ? head.validator("etag") : target.etag(),
        isNew ? head.validator("last-modified") : target.lastModified(),
        redirect,
        found.pages(),
        found.sitemaps(),
        time,
        notBefore,
        retryAt);
  }
}
