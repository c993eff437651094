package org.sparkgpt.scrape;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.PairFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * Crawls in rounds: selects what is due, visits it with each host in one task, adds what was found
 * to the frontier, until nothing is due. All that is known of a round in progress lies in its WARC
 * files; killed at any moment and started again, a crawl reads them, takes their visits as made,
 * and goes on.
 */
public final class Crawl {
  private static final Logger LOG = LoggerFactory.getLogger(Crawl.class);
  private static final String SPECULATION = "spark.speculation";

  /** Rounds in which no target's turn came; then something is wrong. */
  private static final int IDLE_ROUNDS = 3;

  private final SparkSession spark;
  private final ScrapeConfig config;
  private final Path directory;
  private final CrawlFiles files;
  private final FrontierStore store;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final Selection selection;
  private final Dataset<Row> roots;
  private final Scope scope;
  private long revisitBefore;
  private Frontier frontier;
  private FrontierTotals totals;

  private Crawl(SparkSession spark, ScrapeConfig config, long seed, Path directory)
      throws IOException {
    Configuration conf = spark.sessionState().newHadoopConf();
    this.spark = spark;
    this.config = config;
    this.directory = directory;
    this.files = new CrawlFiles(conf, directory);
    this.store = new FrontierStore(conf, directory);
    this.hadoop =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(new SerializableConfiguration(conf));
    this.selection = new Selection(config, seed);
    Roots given = Roots.read(conf, config);
    this.roots = given.candidates(spark);
    this.scope = new Scope(config, given.all());
    this.totals = store.newest().orElse(FrontierTotals.NONE);
    this.frontier = store.read(spark, totals.round());
  }

  /**
   * Crawls until nothing is due, going on from what {@code directory} holds.
   *
   * @param seed of the order in which URLs of one depth are visited
   * @throws IllegalArgumentException if there is no seed, no user agent, or Spark may run tasks
   *     twice
   */
  public static CrawlReport run(SparkSession spark, ScrapeConfig config, long seed, Path directory)
      throws IOException {
    check(spark, config);
    Crawl crawl = new Crawl(spark, config, seed, directory);
    return crawl.run();
  }

  /**
   * What would keep a crawl from beginning.
   *
   * @throws IllegalArgumentException saying what
   */
  public static void check(SparkSession spark, ScrapeConfig config) {
    config.requireRunnable();
    if (spark.sparkContext().conf().getBoolean(SPECULATION, false)) {
      throw new IllegalArgumentException(
          SPECULATION
              + "=true: a copy of a slow task would visit its hosts at the same time; set it to"
              + " false");
    }
  }

  /** Whether a finished crawl has pages that {@code scrape.revisitHours} makes due again. */
  public static boolean isDue(Configuration conf, ScrapeConfig config, Path directory)
      throws IOException {
    Optional<FrontierTotals> totals = new FrontierStore(conf, directory).newest();
    return totals.isPresent()
        && totals.get().oldestVisit() > 0
        && totals.get().oldestVisit() <= revisitBefore(config, Instant.now());
  }

  /** Changes when the URLs do that a crawl begins at, also those in files. */
  public static String seedsDigest(Configuration conf, ScrapeConfig config) throws IOException {
    return WarcRecord.sha1(
        String.join("\n", Roots.read(conf, config).all()).getBytes(StandardCharsets.UTF_8));
  }

  private static long revisitBefore(ScrapeConfig config, Instant now) {
    return config.revisitHours() == null
        ? Long.MIN_VALUE
        : now.minus(Duration.ofHours(config.revisitHours())).toEpochMilli();
  }

  private CrawlReport run() throws IOException {
    List<Path> left = files.ofRound(totals.round() + 1);
    if (!left.isEmpty()) {
      LOG.info("scrape: going on with {} files of an unfinished round", left.size());
    }
    update(left); // also adds seeds that are new in the settings
    Instant now = Instant.now();
    // Where all failed, it may have been for a reason that is gone.
    revisitBefore = totals.oldestVisit() == 0 ? now.toEpochMilli() : revisitBefore(config, now);
    int idle = 0;
    while (true) {
      Round round = new Round(totals.round() + 1);
      if (round.visit()) {
        idle = round.conclude() == 0 ? idle + 1 : 0;
        if (idle == IDLE_ROUNDS) {
          throw new IllegalStateException(
              "scrape: no URL's turn came in "
                  + idle
                  + " rounds; make scrape.roundSeconds longer than the delays that hosts ask for");
        }
      } else if (!awaitRetry()) {
        return report();
      }
    }
  }

  private CrawlReport report() {
    describe("count what was kept");
    CrawlReport report = CrawlReport.of(frontier, totals);
    describe(null);
    if (report.kept() == 0) {
      throw new IllegalArgumentException(
          "scrape kept no page; dropped: "
              + report.dropped()
              + "; check scrape.seeds and its other settings");
    }
    return report;
  }

  /** Waits for the next retry, scrape.maxRetryMillis at most; false if there is none. */
  private boolean awaitRetry() {
    describe("look for retries");
    Row next =
        frontier
            .urls()
            .filter(col(LoggedRound.RETRY_AT).gt(0))
            .agg(min(LoggedRound.RETRY_AT))
            .first();
    if (next.isNullAt(0)) {
      return false;
    }
    long wait = next.getLong(0) - System.currentTimeMillis();
    LOG.info("scrape: waiting {} s for a retry", Math.max(0, wait) / 1000);
    try {
      Thread.sleep(Math.max(1, wait));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("scrape: interrupted while waiting", e);
    }
    return true;
  }

  private void update(List<Path> logged) throws IOException {
    Dataset<Row> log =
        LoggedRound.read(spark, hadoop, recover(logged), scope)
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
    try {
      describe("read what was logged");
      log.count(); // else every stage that begins with it would read it
      describe("update the frontier");
      totals = store.write(frontier.next(log, roots), totals, log);
      frontier = store.read(spark, totals.round());
    } finally {
      log.unpersist();
      describe(null);
    }
  }

  private List<Path> recover(List<Path> logged) {
    if (logged.stream().allMatch(CrawlFiles::isFinished)) {
      return logged;
    }
    describe("recover what unfinished tasks logged");
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(logged.stream().map(Path::toString).toList(), Math.max(1, logged.size()))
        .mapPartitions(new Recover(hadoop))
        .collect() // a name for each task
        .stream()
        .map(Path::new)
        .toList();
  }

  private void describe(String job) {
    spark.sparkContext().setJobDescription(job == null ? null : "scrape: " + job);
  }

  private static final class Recover implements FlatMapFunction<Iterator<String>, String> {
    private final Broadcast<SerializableConfiguration> hadoop;

    Recover(Broadcast<SerializableConfiguration> hadoop) {
      this.hadoop = hadoop;
    }

    @Override
    public Iterator<String> call(Iterator<String> names) throws IOException {
      List<String> finished = new ArrayList<>();
      while (names.hasNext()) {
        Path file = new Path(names.next());
        CrawlFiles files = new CrawlFiles(hadoop.value().value(), file.getParent());
        files.recover(file).ifPresent(path -> finished.add(path.toString()));
      }
      return finished.iterator();
    }
  }

  private static final class ByHost implements PairFunction<Row, String, Row> {
    @Override
    public Tuple2<String, Row> call(Row row) {
      return new Tuple2<>(row.getAs(LoggedRound.HOST), row);
    }
  }

  /** One round, from the selection to its line in the log. */
  private final class Round {
    private final int number;
    private final Instant start = Instant.now();
    private final FrontierTotals before = totals;
    private long due;
    private long hosts;

    Round(int number) {
      this.number = number;
    }

    /** False if nothing is due. */
    boolean visit() {
      describe("select what is due");
      Dataset<Row> targets =
          selection
              .of(frontier.urls(), totals.urls(), start.toEpochMilli(), revisitBefore)
              .persist(StorageLevel.MEMORY_AND_DISK_SER());
      try {
        Row counts = targets.agg(count(lit(1)), countDistinct(LoggedRound.HOST)).first();
        due = counts.getLong(0);
        hosts = counts.getLong(1);
        if (due > 0) {
          visit(targets);
        }
        return due > 0;
      } finally {
        targets.unpersist();
      }
    }

    private void visit(Dataset<Row> targets) {
      int slots = spark.sparkContext().defaultParallelism();
      int tasks = (int) Math.min(hosts, slots);
      JavaPairRDD<String, Row> states =
          frontier
              .hosts()
              .join(targets.select(LoggedRound.HOST).distinct(), LoggedRound.HOST, "left_semi")
              .javaRDD()
              .mapToPair(new ByHost());
      describe(String.format("visit %,d URLs of %,d hosts", due, hosts));
      targets
          .javaRDD()
          .mapToPair(new ByHost())
          .cogroup(states, tasks)
          .foreachPartition(new VisitHosts(hadoop, directory, config, number));
    }

    /** Adds what was logged to the frontier; the number of visits. */
    long conclude() throws IOException {
      update(files.ofRound(number));
      RoundLine line = new RoundLine(number, due, hosts, before, totals, start, Instant.now());
      LOG.info("{}", line);
      return line.visits();
    }
  }
}
