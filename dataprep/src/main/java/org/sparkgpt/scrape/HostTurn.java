package org.sparkgpt.scrape;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/**
 * One host's part of a round: robots.txt first if it is not known or older than a day, then target
 * after target. A step makes one request at most, and the host's delay counts from its end. A turn
 * is in one thread's hands at a time. Times are milliseconds since 1970.
 */
final class HostTurn implements Delayed {
  private static final long ROBOTS_MAX_AGE = TimeUnit.HOURS.toMillis(24); // RFC 9309, 2.4

  /** In a row, after which the rest is not tried. */
  private static final int MAX_FAILURES = 3;

  /** Failures that say more of the host than of the page. */
  private static final Set<Outcome> OF_HOST =
      Set.of(
          Outcome.UNREACHABLE,
          Outcome.TIMEOUT,
          Outcome.TLS,
          Outcome.UNKNOWN_HOST,
          Outcome.PRIVATE_ADDRESS);

  /** Of robots.txt, which then are every page's. */
  private static final Set<Outcome> OF_NAME =
      Set.of(Outcome.TLS, Outcome.UNKNOWN_HOST, Outcome.PRIVATE_ADDRESS);

  private record Pending(Target target, long due, long order) {}

  private final ScrapeConfig config;
  private final HttpFetch fetch;
  private final RobotsFetch robotsFetch;
  private final RetryDelay retryDelay;
  private final VisitLog log;
  private final long deadline;
  private final PriorityQueue<Pending> pending =
      new PriorityQueue<>(Comparator.comparingLong(Pending::due).thenComparing(Pending::order));

  private HostState state;
  private RobotsRules rules;
  private boolean robotsHold; // for the next visit, however long it had to wait
  private boolean reservationsDue;
  private int failures;
  private long order;

  HostTurn(ScrapeConfig config, HttpFetch fetch, HostWork work, VisitLog log, long deadline) {
    this.config = config;
    this.fetch = fetch;
    this.robotsFetch = new RobotsFetch(config, fetch);
    this.retryDelay = new RetryDelay(config);
    this.log = log;
    this.deadline = deadline;
    this.state = work.state();
    work.targets().forEach(target -> add(target, 0));
  }

  private void add(Target target, long due) {
    pending.add(new Pending(target, due, order++));
  }

  /** When the next step may be taken. */
  private long due() {
    return Math.max(state.notBefore(), pending.isEmpty() ? 0 : pending.peek().due());
  }

  @Override
  public long getDelay(TimeUnit unit) {
    return unit.convert(due() - System.currentTimeMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public int compareTo(Delayed other) {
    return Long.compare(due(), ((HostTurn) other).due());
  }

  /** Whether nothing more can be done before the deadline. */
  boolean isOver() {
    return pending.isEmpty() || Math.max(due(), System.currentTimeMillis()) >= deadline;
  }

  /** Does what is due: one request, and whatever needs none. */
  void step() throws IOException {
    long now = System.currentTimeMillis();
    if (reservationsDue) {
      fetchReservations();
    } else if (!robotsHold && needsRobots(now)) {
      fetchRobots(now);
    } else {
      if (rules == null) {
        rules = new RobotsRules(state, config);
      }
      visitNext(now);
    }
  }

  private boolean needsRobots(long now) {
    long age = now - state.robotsFetched();
    boolean unreachable = RobotsRules.isUnreachable(state.robotsStatus());
    return state.robotsFetched() == 0
        || age >= ROBOTS_MAX_AGE
        || unreachable && age >= config.retryMillis();
  }

  private void fetchRobots(long now) throws IOException {
    RobotsFetch.Robots robots = robotsFetch.robots(state, now);
    robotsHold = true;
    state = robots.state();
    rules = new RobotsRules(state, config);
    pause();
    reservationsDue =
        config.respectAiOptOut() && refusal(RobotsFetch.reservationsUrl(state)).isEmpty();
    if (!reservationsDue) {
      log.host(state);
    }
    if (robots.failure() != null && OF_NAME.contains(robots.failure())) {
      giveUp(robots.failure());
    }
  }

  private void fetchReservations() throws IOException {
    state = state.withReservations(robotsFetch.reservations(state));
    rules = new RobotsRules(state, config);
    reservationsDue = false;
    pause();
    log.host(state);
  }

  /** From here on the delay counts. */
  private void pause() {
    // A host that asks for too much gets no further request: nothing waits for it.
    long asked = isTooSlow() ? 0 : rules.crawlDelay();
    long delay = Math.max(config.delayMillis(), asked);
    state = state.notBefore(System.currentTimeMillis() + delay);
  }

  private void visitNext(long now) throws IOException {
    robotsHold = false;
    while (!pending.isEmpty() && pending.peek().due() <= now) {
      Target target = pending.poll().target();
      Optional<Outcome> refusal = refusal(target.url());
      if (refusal.isEmpty()) {
        visit(target, now);
        return;
      }
      logged(new PageVisit(config, target, now), target, refusal.get(), 0);
    }
  }

  private Optional<Outcome> refusal(String url) {
    Optional<Outcome> refusal = rules.refusal(url);
    return refusal.isEmpty() && isTooSlow() ? Optional.of(Outcome.CRAWL_DELAY) : refusal;
  }

  private boolean isTooSlow() {
    return rules.crawlDelay() > config.maxCrawlDelayMillis();
  }

  private void visit(Target target, long now) throws IOException {
    PageVisit visit = new PageVisit(config, target, now);
    Outcome outcome = visit.run(fetch);
    pause();
    logged(visit, target, outcome, visit.askedDelay().orElse(0));
    failures = OF_HOST.contains(outcome) ? failures + 1 : 0;
    if (failures == MAX_FAILURES) {
      failures = 0;
      giveUp(Outcome.HOST_FAILING);
    } else if (outcome == Outcome.RETRY_AFTER_TOO_LONG) {
      giveUp(outcome);
    }
  }

  /** What is due now is not tried. */
  private void giveUp(Outcome outcome) throws IOException {
    long now = System.currentTimeMillis();
    List<Target> rest = new ArrayList<>();
    while (!pending.isEmpty() && pending.peek().due() <= now) {
      rest.add(pending.poll().target());
    }
    for (Target target : rest) {
      logged(new PageVisit(config, target, now), target, outcome, 0);
    }
  }

  /**
   * Logs the visit; a retry that is due in this round stays in the turn.
   *
   * @param asked milliseconds that the server wants to be left alone
   */
  private void logged(PageVisit visit, Target target, Outcome outcome, long asked)
      throws IOException {
    long now = System.currentTimeMillis();
    int attempts = outcome.isPassing() ? target.attempts() + 1 : 0;
    long retryAt = 0;
    if (outcome.isPassing()) {
      long wait = Math.max(asked, retryDelay.after(attempts));
      retryAt = attempts > config.retries() ? 0 : now + wait;
      if (outcome == Outcome.RATE_LIMITED || asked > 0) {
        state = state.notBefore(Math.max(state.notBefore(), now + wait));
      }
    }
    log.visited(visit.visit(outcome, attempts, state.notBefore(), retryAt), visit.exchange());
    if (retryAt > 0 && retryAt < deadline) {
      add(target.attempted(attempts), retryAt);
    }
  }
}
