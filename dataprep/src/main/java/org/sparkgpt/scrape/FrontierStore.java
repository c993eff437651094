package org.sparkgpt.scrape;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Where a crawl keeps its frontiers: {@code _frontier/round-00001/} with the Parquet tables {@code
 * urls} and {@code hosts} and, written last, {@link FrontierTotals}. A frontier is written beside
 * its place, read back, and renamed into it; the last two stay.
 */
final class FrontierStore {
  private static final String DIRECTORY = "_frontier";
  private static final String URL_TABLE = "urls";
  private static final String HOST_TABLE = "hosts";
  private static final Pattern ROUND = Pattern.compile("round-(\\d+)");
  private static final int KEPT_ROUNDS = 2;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final FileSystem fs;
  private final Path directory;

  FrontierStore(Configuration conf, Path crawl) throws IOException {
    this.directory = new Path(crawl, DIRECTORY);
    this.fs = directory.getFileSystem(conf);
  }

  /** Of the newest frontier; empty if there is none. */
  Optional<FrontierTotals> newest() throws IOException {
    List<Integer> rounds = rounds();
    if (rounds.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(totals(path(rounds.get(rounds.size() - 1))));
  }

  private FrontierTotals totals(Path round) throws IOException {
    Path file = new Path(round, FrontierTotals.FILE);
    try (FSDataInputStream in = fs.open(file)) {
      FrontierTotals totals = JSON.readValue(in.readAllBytes(), FrontierTotals.class);
      if (totals.formatVersion() != FrontierTotals.FORMAT_VERSION) {
        throw new IllegalArgumentException(
            file
                + ": format "
                + totals.formatVersion()
                + ", this build reads "
                + FrontierTotals.FORMAT_VERSION
                + "; move the crawl away to begin a new one");
      }
      return totals;
    }
  }

  /** The frontier after a round; that of round 0 is empty. */
  Frontier read(SparkSession spark, int round) {
    if (round == 0) {
      return new Frontier(
          spark.createDataFrame(List.of(), Frontier.URLS),
          spark.createDataFrame(List.of(), Frontier.HOSTS));
    }
    return read(spark, path(round));
  }

  private static Frontier read(SparkSession spark, Path round) {
    return new Frontier(
        spark.read().schema(Frontier.URLS).parquet(new Path(round, URL_TABLE).toString()),
        spark.read().schema(Frontier.HOSTS).parquet(new Path(round, HOST_TABLE).toString()));
  }

  /**
   * Writes a frontier.
   *
   * @param before the totals of the one before it
   * @param log what the round logged, of {@link LoggedRound#SCHEMA}
   */
  FrontierTotals write(Frontier frontier, FrontierTotals before, Dataset<Row> log)
      throws IOException {
    Path temporary = new Path(directory, "_tmp-" + UUID.randomUUID());
    write(frontier.urls(), new Path(temporary, URL_TABLE));
    write(frontier.hosts(), new Path(temporary, HOST_TABLE));
    FrontierTotals totals = totals(read(log.sparkSession(), temporary), before, log);
    if (totals.urls() < before.urls() || totals.hosts() < before.hosts()) {
      throw new IOException(
          temporary + ": lost rows: " + totals + " after " + before + "; start again");
    }
    try (FSDataOutputStream out = fs.create(new Path(temporary, FrontierTotals.FILE), false)) {
      out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(totals));
      out.hsync();
    }
    Path place = path(totals.round());
    if (!fs.rename(temporary, place)) {
      throw new IOException("cannot rename " + temporary + " to " + place);
    }
    prune();
    return totals;
  }

  private static void write(Dataset<Row> table, Path path) {
    table.write().option("compression", "zstd").parquet(path.toString());
  }

  private static FrontierTotals totals(Frontier written, FrontierTotals before, Dataset<Row> log) {
    Row urls =
        written
            .urls()
            .agg(
                count(lit(1)),
                count(
                    when(col(LoggedRound.OUTCOME).isNull().or(col(LoggedRound.RETRY_AT).gt(0)), 1)),
                min(when(Frontier.isKept(), col(Frontier.LAST_VISIT))))
            .first();
    SortedMap<String, Long> visits = new TreeMap<>(before.visits());
    long bytes = before.bytes();
    long robots = before.robots();
    long outOfScope = before.outOfScope();
    List<Row> groups =
        log.groupBy(col(LoggedRound.VISIT + "." + LoggedRound.OUTCOME))
            .agg(
                count(lit(1)),
                sum(col(LoggedRound.VISIT + "." + LoggedRound.BYTES)),
                sum(LoggedRound.OUT_OF_SCOPE))
            .collectAsList(); // a row for each outcome
    for (Row group : groups) {
      if (group.isNullAt(0)) {
        robots += group.getLong(1);
      } else {
        visits.merge(group.getString(0), group.getLong(1), Long::sum);
        bytes += group.getLong(2);
      }
      outOfScope += group.getLong(3);
    }
    return new FrontierTotals(
        FrontierTotals.FORMAT_VERSION,
        before.round() + 1,
        urls.getLong(0),
        written.hosts().count(),
        urls.getLong(1),
        urls.isNullAt(2) ? 0 : urls.getLong(2),
        visits,
        bytes,
        robots,
        outOfScope);
  }

  private void prune() throws IOException {
    List<Integer> rounds = rounds();
    for (int round : rounds.subList(0, Math.max(0, rounds.size() - KEPT_ROUNDS))) {
      fs.delete(path(round), true);
    }
    for (FileStatus left : fs.listStatus(directory)) {
      if (left.getPath().getName().startsWith("_tmp-")) {
        fs.delete(left.getPath(), true);
      }
    }
  }

  private List<Integer> rounds() throws IOException {
    if (!fs.exists(directory)) {
      return List.of();
    }
    return Arrays.stream(fs.listStatus(directory))
        .map(status -> ROUND.matcher(status.getPath().getName()))
        .filter(Matcher::matches)
        .map(name -> Integer.valueOf(name.group(1)))
        .sorted()
        .toList();
  }

  private Path path(int round) {
    return new Path(directory, String.format("round-%05d", round));
  }
}
