package org.sparkgpt.scrape;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The rows of {@link LoggedRound}, read one by one. */
final class LogRows implements Iterator<Row> {
  private final Configuration conf;
  private final Iterator<String> names;
  private final Scope scope;
  private LogReader log;
  private Row next;

  LogRows(Configuration conf, Iterator<String> names, Scope scope) {
    this.conf = conf;
    this.names = names;
    this.scope = scope;
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null && (log != null || names.hasNext())) {
        if (log == null) {
          Path file = new Path(names.next());
          log = new CrawlFiles(conf, file.getParent()).read(file);
        }
        if (log.next()) {
          next = log.visit().map(this::row).orElseGet(() -> row(log.host().orElseThrow()));
        } else {
          log.close();
          log = null;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return next != null;
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Row row = next;
    next = null;
    return row;
  }

  private Row row(Visit visit) {
    Candidates candidates = new Candidates();
    visit.links().forEach(url -> candidates.add(url, visit.linkDepth(), 0, false));
    visit.sitemaps().forEach(url -> candidates.add(url, visit.depth() + 1, 0, true));
    if (visit.redirect() != null) {
      candidates.add(visit.redirect(), visit.depth(), visit.redirects() + 1, visit.sitemap());
    }
    Row columns =
        RowFactory.create(
            visit.url(),
            visit.attempts(),
            visit.outcome().toString(),
            visit.status(),
            visit.bytes(),
            visit.digest(),
            visit.etag(),
            visit.lastModified(),
            visit.time(),
            visit.retryAt());
    return candidates.row(CrawlUrl.host(visit.url()), columns, null, visit.notBefore());
  }

  private Row row(HostState state) {
    Candidates candidates = new Candidates();
    state.sitemaps().forEach(url -> candidates.add(url, 0, 0, true));
    Row columns =
        RowFactory.create(
            state.robots(), state.robotsStatus(), state.robotsFetched(), state.reservations());
    return candidates.row(state.host(), null, columns, state.notBefore());
  }

  /** Where a visit leads to. */
  private final class Candidates {
    private final List<Row> inScope = new ArrayList<>();
    private long outOfScope;

    void add(String url, int depth, int redirects, boolean sitemap) {
      if (scope.admits(url, depth)) {
        inScope.add(LoggedRound.candidate(url, depth, redirects, sitemap));
      } else {
        outOfScope++;
      }
    }

    Row row(String host, Row visit, Row state, long notBefore) {
      return RowFactory.create(
          host, visit, state, notBefore, inScope.toArray(new Row[0]), outOfScope);
    }
  }
}
