package org.sparkgpt.scrape;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;

/**
 * Visits as a WARC 1.1 file, each record a gzip member. A file begins with a {@code warcinfo}
 * record. A visit is a {@code response} or a {@code revisit} record, if there is something to keep,
 * with its {@code request}, and then always a {@code metadata} record of {@link LogFields}: without
 * that one it was not logged. A host's state is up to two {@code resource} records, robots.txt and
 * tdmrep.json, and then its {@code metadata} record.
 *
 * <p>A record is with the file system when the method returns: given to the operating system for
 * local files, to the DataNodes for HDFS. Object stores keep nothing before the file is closed:
 * there, a kill costs what the file held.
 *
 * <p>The file has its name when it is complete; until then it ends in {@link CrawlFiles#OPEN}. If
 * another attempt takes the unfinished file, the next visit here fails.
 */
final class WarcLog implements VisitLog, Closeable {
  static final String INFO = "warcinfo";
  static final String RESOURCE = "resource";
  static final String METADATA = "metadata";
  static final String ROBOTS = "/robots.txt";

  private static final String RESERVATIONS = "/.well-known/tdmrep.json";
  private static final String FIELDS = "application/warc-fields";
  private static final String PROFILE = "http://netpreserve.org/warc/1.1/revisit/";

  /** Payloads remembered for finding the same again: some 20 MB at most. */
  private static final int REMEMBERED = 100_000;

  /** A page whose payload lies in an archive. */
  private record Original(String url, Long time) {}

  private final FileSystem fs;
  private final Path open;
  private final FSDataOutputStream out;
  private final boolean durable;
  private final Map<String, Long> stored;
  private final String info;
  private boolean logged;
  private final Map<String, Original> originals =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Original> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * Creates the file.
   *
   * @param open its name until it is complete
   * @param stored when the page that archives hold of a URL was fetched, in ms since 1970; URLs
   *     without one are left out
   */
  WarcLog(FileSystem fs, Path open, ScrapeConfig config, Map<String, Long> stored)
      throws IOException {
    this.fs = fs;
    this.open = open;
    this.stored = stored;
    this.out = fs.create(open, false);
    this.durable = out.hasCapability(StreamCapabilities.HSYNC);
    WarcRecord record = WarcRecord.of(INFO, FIELDS, about(config));
    record.with("WARC-Date", Instant.now().toString());
    record.with("WARC-Filename", CrawlFiles.finishedName(open));
    this.info = record.field(WarcRecord.ID);
    write(List.of(record));
    this.logged = false;
  }

  private static byte[] about(ScrapeConfig config) {
    String text =
        "software: sparkgpt\r\nformat: WARC File Format 1.1\r\n"
            + "conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
            + "robots: obey (RFC 9309)\r\nhttp-header-user-agent: "
            + config.userAgent()
            + "\r\n";
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void visited(Visit visit, Exchange exchange) throws IOException {
    Original original = originalOf(visit, exchange);
    boolean again = original != null && visit.outcome() == Outcome.FETCHED;
    Visit logged = again ? visit.with(Outcome.DUPLICATE) : visit;
    List<WarcRecord> records = new ArrayList<>();
    String page = null;
    if (exchange != null) {
      WarcRecord response = response(logged, exchange, original);
      page = response.field(WarcRecord.ID);
      records.add(response);
      records.add(
          record(
                  "request",
                  visit.url(),
                  visit.time(),
                  "application/http;msgtype=request",
                  exchange.requestHeader())
              .with("WARC-Concurrent-To", page));
    }
    records.add(
        record(METADATA, visit.url(), visit.time(), FIELDS, LogFields.of(logged))
            .with("WARC-Concurrent-To", page));
    write(records);
    if (exchange != null && logged.outcome() == Outcome.FETCHED && visit.bytes() > 0) {
      synchronized (originals) {
        originals.putIfAbsent(visit.digest(), new Original(visit.url(), visit.time()));
      }
    }
  }

  /** The page that a visit brought once more; null if it brought another one or none. */
  private Original originalOf(Visit visit, Exchange exchange) {
    if (exchange == null) {
      return null;
    }
    if (visit.outcome() != Outcome.FETCHED) {
      return new Original(visit.url(), stored.get(visit.url()));
    }
    synchronized (originals) {
      Original found = originals.get(visit.digest());
      return found == null || found.url().equals(visit.url()) ? null : found;
    }
  }

  private WarcRecord response(Visit visit, Exchange exchange, Original original) {
    boolean revisit = original != null;
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(exchange.responseHeader());
    if (!revisit) {
      block.writeBytes(exchange.body());
    }
    WarcRecord record =
        record(
                revisit ? "revisit" : "response",
                visit.url(),
                visit.time(),
                "application/http;msgtype=response",
                block.toByteArray())
            .with("WARC-IP-Address", exchange.address().getHostAddress())
            .with("WARC-Payload-Digest", visit.digest());
    if (revisit) {
      boolean unmodified = visit.outcome() == Outcome.NOT_MODIFIED;
      record
          .with(
              "WARC-Profile",
              PROFILE + (unmodified ? "server-not-modified" : "identical-payload-digest"))
          .with("WARC-Refers-To-Target-URI", original.url())
          .with("WARC-Refers-To-Date", original.time() == null ? null : date(original.time()));
    }
    return record;
  }

  @Override
  public void host(HostState state) throws IOException {
    List<WarcRecord> records = new ArrayList<>();
    long time = state.robotsFetched();
    if (state.robots() != null) {
      String url = state.host() + ROBOTS;
      records.add(record(RESOURCE, url, time, "text/plain", state.robots()));
    }
    if (state.reservations() != null) {
      String url = state.host() + RESERVATIONS;
      records.add(record(RESOURCE, url, time, "application/json", state.reservations()));
    }
    records.add(record(METADATA, state.host() + "/", time, FIELDS, LogFields.of(state)));
    write(records);
  }

  private WarcRecord record(String type, String url, long time, String contentType, byte[] block) {
    return WarcRecord.of(type, contentType, block)
        .with(WarcRecord.TARGET, url)
        .with("WARC-Date", date(time))
        .with("WARC-Warcinfo-ID", info);
  }

  private static String date(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  private void write(List<WarcRecord> records) throws IOException {
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    for (WarcRecord record : records) {
      members.writeBytes(record.toGzip());
    }
    synchronized (out) {
      members.writeTo(out);
      logged = true;
      if (durable) {
        out.hflush();
        if (!fs.exists(open)) {
          throw new IOException(open + ": taken over by another attempt of this task");
        }
      }
    }
  }

  /** Closes the file and gives it its name; one in which nothing was logged goes. */
  void finish() throws IOException {
    out.close();
    if (!logged) {
      fs.delete(open, false);
      return;
    }
    Path finished = new Path(open.getParent(), CrawlFiles.finishedName(open));
    if (!fs.rename(open, finished)) {
      throw new IOException("cannot rename " + open + " to " + finished.getName());
    }
  }

  /** Leaves the file unfinished, unless {@link #finish} was called. */
  @Override
  public void close() throws IOException {
    out.close();
  }
}
