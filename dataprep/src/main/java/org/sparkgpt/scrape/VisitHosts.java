package org.sparkgpt.scrape;

import static org.sparkgpt.scrape.LoggedRound.ATTEMPTS;
import static org.sparkgpt.scrape.LoggedRound.DEPTH;
import static org.sparkgpt.scrape.LoggedRound.DIGEST;
import static org.sparkgpt.scrape.LoggedRound.ETAG;
import static org.sparkgpt.scrape.LoggedRound.LAST_MODIFIED;
import static org.sparkgpt.scrape.LoggedRound.NOT_BEFORE;
import static org.sparkgpt.scrape.LoggedRound.REDIRECTS;
import static org.sparkgpt.scrape.LoggedRound.RESERVATIONS;
import static org.sparkgpt.scrape.LoggedRound.RETRY_AT;
import static org.sparkgpt.scrape.LoggedRound.ROBOTS;
import static org.sparkgpt.scrape.LoggedRound.ROBOTS_FETCHED;
import static org.sparkgpt.scrape.LoggedRound.ROBOTS_STATUS;
import static org.sparkgpt.scrape.LoggedRound.SITEMAP;
import static org.sparkgpt.scrape.LoggedRound.STATE;
import static org.sparkgpt.scrape.LoggedRound.URL;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * A task of a round: visits its hosts until all is visited or the time is over. One that is tried
 * again first recovers what the attempts before it logged, and leaves that out.
 */
final class VisitHosts
    implements VoidFunction<Iterator<Tuple2<String, Tuple2<Iterable<Row>, Iterable<Row>>>>> {
  private static final Comparator<Row> ORDER =
      Comparator.comparingInt((Row row) -> row.<Integer>getAs(DEPTH))
          .thenComparing(row -> !row.<Boolean>getAs(SITEMAP))
          .thenComparingLong(row -> row.<Long>getAs(Selection.ORDER))
          .thenComparing(row -> row.<String>getAs(URL));

  private final Broadcast<SerializableConfiguration> hadoop;
  private final String directory;
  private final ScrapeConfig config;
  private final int round;

  VisitHosts(
      Broadcast<SerializableConfiguration> hadoop, Path directory, ScrapeConfig config, int round) {
    this.hadoop = hadoop;
    this.directory = directory.toString();
    this.config = config;
    this.round = round;
  }

  @Override
  public void call(Iterator<Tuple2<String, Tuple2<Iterable<Row>, Iterable<Row>>>> hosts)
      throws IOException, InterruptedException {
    CrawlFiles files = new CrawlFiles(hadoop.value().value(), new Path(directory));
    int task = TaskContext.getPartitionId();
    Done done = new Done(files, files.ofTask(round, task));
    Map<String, Long> stored = new HashMap<>();
    List<HostWork> work = new ArrayList<>();
    while (hosts.hasNext()) {
      Tuple2<String, Tuple2<Iterable<Row>, Iterable<Row>>> host = hosts.next();
      List<Target> targets = targets(host._2()._1(), done, stored);
      if (!targets.isEmpty()) {
        work.add(new HostWork(done.state(state(host._1(), host._2()._2())), targets));
      }
    }
    if (work.isEmpty()) {
      return;
    }
    Path file = files.open(round, task, TaskContext.get().taskAttemptId());
    try (WarcLog log = new WarcLog(files.fileSystem(), file, config, stored)) {
      Instant deadline = Instant.now().plusSeconds(config.roundSeconds());
      new HostVisits(config).run(work, log, deadline);
      log.finish();
    }
  }

  private static List<Target> targets(Iterable<Row> rows, Done done, Map<String, Long> stored) {
    List<Row> ordered = new ArrayList<>();
    for (Row row : rows) {
      if (!done.has(row.getAs(URL))) {
        ordered.add(row);
      }
    }
    ordered.sort(ORDER);
    List<Target> targets = new ArrayList<>();
    for (Row row : ordered) {
      String url = row.getAs(URL);
      long time = row.<Long>getAs(Frontier.STORED);
      if (time > 0) {
        stored.put(url, time);
      }
      targets.add(
          new Target(
              url,
              row.<Integer>getAs(DEPTH),
              row.<Integer>getAs(REDIRECTS),
              row.<Long>getAs(RETRY_AT) > 0 ? row.<Integer>getAs(ATTEMPTS) : 0,
              row.<Boolean>getAs(SITEMAP),
              row.getAs(ETAG),
              row.getAs(LAST_MODIFIED),
              row.getAs(DIGEST)));
    }
    return targets;
  }

  private static HostState state(String host, Iterable<Row> rows) {
    Iterator<Row> known = rows.iterator();
    if (!known.hasNext()) {
      return HostState.unknown(host);
    }
    Row row = known.next();
    Row state = row.getAs(STATE);
    return new HostState(
        host,
        state.getAs(ROBOTS),
        state.<Integer>getAs(ROBOTS_STATUS),
        state.<Long>getAs(ROBOTS_FETCHED),
        state.getAs(RESERVATIONS),
        List.of(),
        row.<Long>getAs(NOT_BEFORE));
  }

  /** What earlier attempts of the task logged. */
  private static final class Done {
    private final Set<String> urls = new HashSet<>();
    private final Map<String, HostState> states = new HashMap<>();
    private final Map<String, Long> notBefore = new HashMap<>();

    Done(CrawlFiles files, List<Path> earlier) throws IOException {
      for (Path file : earlier) {
        Optional<Path> recovered = files.recover(file);
        if (recovered.isPresent()) {
          read(files, recovered.get());
        }
      }
    }

    private void read(CrawlFiles files, Path file) throws IOException {
      try (LogReader log = files.read(file)) {
        while (log.next()) {
          log.visit().ifPresent(this::add);
          log.host().ifPresent(this::add);
        }
      }
    }

    private void add(Visit visit) {
      urls.add(visit.url());
      notBefore.merge(CrawlUrl.host(visit.url()), visit.notBefore(), Math::max);
    }

    private void add(HostState state) {
      states.put(state.host(), state);
      notBefore.merge(state.host(), state.notBefore(), Math::max);
    }

    boolean has(String url) {
      return urls.contains(url);
    }

    /** What is known of the host after these attempts. */
    HostState state(HostState before) {
      HostState newest = states.getOrDefault(before.host(), before);
      long earliest = notBefore.getOrDefault(before.host(), 0L);
      return newest.notBefore(Math.max(earliest, before.notBefore()));
    }
  }
}
