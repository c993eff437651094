package org.sparkgpt.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.GptMemory;

/**
 * Looks, before a run begins, at what would end or hurt it later: slots, memory, devices, disks,
 * Spark's settings. One finding for each topic; all that is wrong is reported together.
 */
public final class Preflight {
  private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);
  private static final long RESERVED = 300L << 20; // of the heap, by Spark for itself
  private static final String IN_MEMORY = "spark.network.maxRemoteBlockSizeFetchToMem";
  private static final long DL4J_BYTES = 3 * Float.BYTES; // a parameter and both of its moments

  private final JavaSparkContext spark;
  private final SparkConf conf;
  private final GptConfig model;
  private final TrainConfig config;
  private final StateSize state;

  private Preflight(JavaSparkContext spark, GptConfig model, TrainConfig config) {
    this.spark = spark;
    this.conf = spark.getConf();
    this.model = model;
    this.config = config;
    this.state = StateSize.of(model, config);
  }

  /**
   * Examines everything. Waits for executors that are still coming, see {@link Slots#awaited}.
   *
   * @param tokens of the training split; nothing: there are none yet
   * @param directory of the checkpoints
   */
  public static List<Finding> examine(
      JavaSparkContext spark,
      GptConfig model,
      TrainConfig config,
      OptionalLong tokens,
      Path directory) {
    try {
      FileSystem fs = directory.getFileSystem(spark.hadoopConfiguration());
      return new Preflight(spark, model, config).examine(tokens, fs, directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": " + e.getMessage(), e);
    }
  }

  /**
   * Like {@link #examine}, but logs the findings and {@linkplain #require requires} that all is
   * well.
   */
  public static void check(
      JavaSparkContext spark,
      GptConfig model,
      TrainConfig config,
      OptionalLong tokens,
      Path directory) {
    List<Finding> findings = examine(spark, model, config, tokens, directory);
    for (Finding finding : findings) {
      if (finding.isOk()) {
        LOG.info("{}", finding.line());
      } else {
        LOG.warn("{}", finding.line());
      }
    }
    require(findings);
  }

  /**
   * @throws IllegalArgumentException with everything that is wrong, a line each
   */
  public static void require(List<Finding> findings) {
    List<String> wrong =
        findings.stream()
            .flatMap(finding -> finding.wrong().stream().map(what -> finding.topic() + ": " + what))
            .toList();
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          wrong.size() == 1
              ? wrong.get(0)
              : wrong.size()
                  + " things keep this run from succeeding\n  "
                  + String.join("\n  ", wrong));
    }
  }

  private List<Finding> examine(OptionalLong tokens, FileSystem fs, Path directory) {
    Slots slots = Slots.awaited(spark, config.workers());
    List<ExecutorReport> reports = new ArrayList<>();
    Finding executors = executors(slots, reports);
    int workers = slots.workersPerExecutor(config.workers());
    String driver = ExecutorReport.hostName();
    List<String> elsewhere =
        reports.stream()
            .map(ExecutorReport::host)
            .filter(h -> !h.equals(driver))
            .distinct()
            .toList();
    return List.of(
        slots(conf, slots, config),
        SparkSettings.examine(conf, spark.isLocal()),
        executors,
        devices(conf, reports),
        driver(conf, Runtime.getRuntime().maxMemory(), state, config.strategy()),
        heap(conf, state, workers, copies(), reports),
        offHeap(() -> config.memory(model, config.execution(slots)), workers, conf, reports),
        disk(state, workers, copies(), tokens, reports),
        new CheckpointSpace(fs, directory, state, config)
            .examine(Math.min(2 * config.workers(), slots.tasks()), elsewhere));
  }

  /** An executor that is lost takes its copy of the state along; in one process there is one. */
  private int copies() {
    return spark.isLocal() ? 1 : 2;
  }

  static Finding slots(SparkConf conf, Slots slots, TrainConfig config) {
    int workers = slots.workersPerExecutor(config.workers());
    int threads = workers * config.execution(slots).threads();
    return Finding.of("slots")
        .wrongIf(
            slots.executors() == 0,
            "no executor has registered; has the cluster free cores and memory for"
                + " spark.executor.cores and spark.executor.memory?")
        .wrongIf(
            Slots.executorCores(conf).isEmpty() && conf.contains("spark.default.parallelism"),
            "with spark.default.parallelism nobody tells an executor's cores; set"
                + " spark.executor.cores, or leave spark.default.parallelism out")
        .doubtfulIf(
            slots.executors() > 0 && config.workers() > slots.tasks(),
            "workers take turns, rounds last longer; have more executors, or set train.workers to "
                + slots.tasks())
        .doubtfulIf(
            threads > slots.executorCores(),
            threads
                + " threads on an executor's "
                + slots.executorCores()
                + " core(s); set train.threadsPerWorker to "
                + slots.threadsPerWorker(config.workers()))
        .with(
            "%d executor(s) x %d core(s), %d worker(s) at a time (train.workers %d)",
            slots.executors(),
            slots.executorCores(),
            slots.executors() == 0 ? 0 : Math.min(config.workers(), slots.tasks()),
            config.workers());
  }

  /** Asks them, and judges the answers. */
  private Finding executors(Slots slots, List<ExecutorReport> reports) {
    if (slots.executors() == 0) {
      return Finding.of("executors").with("none to ask,");
    }
    try {
      reports.addAll(ExecutorReport.ask(spark, slots, config.kernels()));
    } catch (RuntimeException e) {
      return Finding.of("executors")
          .wrongIf(true, "they cannot run a task: " + TaskFailure.of(e).getMessage())
          .with("%d registered", slots.executors());
    }
    return executors(slots.executors(), reports, model.dtype());
  }

  static Finding executors(int registered, List<ExecutorReport> reports, DtypeChoice dtype) {
    List<String> processors = values(reports, ExecutorReport::processor);
    List<String> javas = values(reports, ExecutorReport::java);
    long withBf16 = reports.stream().filter(ExecutorReport::bf16).count();
    Finding.Draft executors = Finding.of("executors");
    for (ExecutorReport report : reports) {
      executors
          .wrongIf(
              !report.failure().isEmpty(),
              "on %s the kernels do not load: %s; train.kernels needs 64-bit x86 Linux with glibc"
                  .formatted(report.host(), report.failure()))
          .wrongIf(
              dtype == DtypeChoice.BF16 && report.failure().isEmpty() && !report.bf16(),
              "the processor of %s (%s) does not multiply bfloat16; set model.dtype to f32"
                  .formatted(report.host(), report.processor()));
    }
    return executors
        .doubtfulIf(
            reports.size() < registered,
            "%d of %d registered executors answered".formatted(reports.size(), registered))
        .doubtfulIf(
            processors.size() > 1 || withBf16 > 0 && withBf16 < reports.size(),
            "processors differ, so a worker that moves to another one rounds"
                + " differently: runs do not repeat to the bit")
        .doubtfulIf(javas.size() > 1, "versions of Java differ")
        .with(
            "%d on %s; %s%s; Java %s; kernels load,",
            reports.size(),
            String.join(", ", values(reports, ExecutorReport::host)),
            String.join(", ", processors),
            withBf16 == reports.size() ? " with bf16" : "",
            String.join(", ", javas));
  }

  /** GPUs given to tasks that leave them idle are a mistake; others pay for them. */
  static Finding devices(SparkConf conf, List<ExecutorReport> reports) {
    List<String> gpus =
        values(reports, ExecutorReport::gpu).stream().filter(gpu -> !gpu.isEmpty()).toList();
    boolean given = conf.getDouble(Device.TASK_AMOUNT, 0) > 0 || !gpus.isEmpty();
    return Finding.of("devices")
        .wrongIf(
            given,
            ("tasks are given GPUs%s, but this build's kernels run on the processor"
                    + " only; unset %s and %s")
                .formatted(
                    gpus.isEmpty() ? "" : " (" + String.join(", ", gpus) + ")",
                    Device.TASK_AMOUNT,
                    Device.EXECUTOR_AMOUNT))
        .doubtfulIf(
            !given && conf.getInt(Device.EXECUTOR_AMOUNT, 0) > 0,
            "executors hold GPUs that no task uses; unset " + Device.EXECUTOR_AMOUNT)
        .with("processor, no GPU,");
  }

  static Finding driver(SparkConf conf, long heap, StateSize state, Strategy strategy) {
    if (strategy != Strategy.DL4J) {
      return Finding.of("driver").with("heap %s, no tensor passes through it,", megabytes(heap));
    }
    long result = DL4J_BYTES * state.parameters();
    int results = aggregated(state.workers());
    long most = conf.getSizeAsBytes("spark.driver.maxResultSize", "1g");
    return Finding.of("driver")
        .wrongIf(
            most > 0 && result * results > most,
            ("train.strategy dl4j sends %s to the driver at once,"
                    + " spark.driver.maxResultSize is %s; set it to %dm or 0")
                .formatted(
                    megabytes(result * results), megabytes(most), (result * results >> 20) + 1))
        .doubtfulIf(
            result > conf.getSizeAsBytes(IN_MEMORY, "200m"),
            ("train.strategy dl4j sends results of %s, and Spark may lose those that it fetches"
                    + " through a file; set %s to %dm")
                .formatted(megabytes(result), IN_MEMORY, (result >> 20) + 1))
        .wrongIf(
            result > heap,
            ("train.strategy dl4j puts results of %s on the driver's heap of %s; set"
                    + " spark.driver.memory higher")
                .formatted(megabytes(result), megabytes(heap)))
        .with(
            "heap %s, dl4j sends it %d x %s a round,", megabytes(heap), results, megabytes(result));
  }

  /** Results that reach the driver from {@code RDD.treeAggregate} of depth 2. */
  private static int aggregated(int partitions) {
    int scale = Math.max(2, (int) Math.ceil(Math.sqrt(partitions)));
    int left = partitions;
    while (left > scale + Math.ceil((double) left / scale)) {
      left /= scale;
    }
    return left;
  }

  /** The state may spill to disk; what a task has in its hands may not. */
  static Finding heap(
      SparkConf conf, StateSize state, int workers, int copies, List<ExecutorReport> reports) {
    long heap = reports.stream().mapToLong(ExecutorReport::heap).min().orElse(0);
    double share = conf.getDouble("spark.memory.fraction", 0.6);
    long storage = (long) (Math.max(0, heap - RESERVED) * share);
    long persisted = state.persisted(workers, copies);
    long hands = workers * state.averaging();
    String memory = "spark.executor.memory";
    return Finding.of("heap")
        .wrongIf(
            !reports.isEmpty() && hands > heap - RESERVED - storage,
            "averaging needs %s; set %s to %dm or train.chunkParameters lower"
                .formatted(
                    megabytes(hands),
                    memory,
                    (long) ((hands / (1 - share) + RESERVED) / (1 << 20)) + 1))
        .with(
            "of an executor %s, %s of it for storage; state %s%s,",
            megabytes(heap),
            megabytes(storage),
            megabytes(persisted),
            persisted > storage ? ", what does not fit spills to disk" : "");
  }

  static Finding offHeap(
      Supplier<GptMemory> planner, int workers, SparkConf conf, List<ExecutorReport> reports) {
    Finding.Draft finding = Finding.of("off-heap");
    GptMemory plan;
    try {
      plan = planner.get();
    } catch (IllegalArgumentException e) { // bf16 where the processor has none
      return finding.wrongIf(true, e.getMessage()).with("no plan");
    }
    var memory = WorkerMemory.of(conf, reports);
    try {
      memory.ifPresent(available -> available.requireFits(plan, workers));
    } catch (IllegalArgumentException e) {
      finding.wrongIf(true, e.getMessage());
    }
    long all = workers * plan.bytes();
    long limit =
        reports.stream().mapToLong(ExecutorReport::nativeLimit).filter(l -> l > 0).min().orElse(0);
    return finding
        .wrongIf(
            limit > 0 && limit < all,
            ("JavaCPP allows %s; add -Dorg.bytedeco.javacpp.maxbytes=0"
                    + " -Dorg.bytedeco.javacpp.maxphysicalbytes=0 to spark.executor.extraJavaOptions")
                .formatted(megabytes(limit)))
        .doubtfulIf(
            memory.isEmpty() && !reports.isEmpty(), "the system does not tell what there is")
        .with(
            "%d worker(s) x %s of %s,",
            workers,
            megabytes(plan.bytes()),
            memory
                .map(available -> megabytes(available.bytes()) + " (" + available.source() + ")")
                .orElse("an unknown number"));
  }

  /** Local directories: token shards, decoded; shuffle files; state that the heap does not hold. */
  static Finding disk(
      StateSize state, int workers, int copies, OptionalLong tokens, List<ExecutorReport> reports) {
    long cache = Integer.BYTES * tokens.orElse(0);
    long executor = cache + state.shuffled(workers) + state.persisted(workers, copies);
    Finding.Draft disk = Finding.of("disk");
    long least = Long.MAX_VALUE;
    for (Map.Entry<String, List<ExecutorReport>> host : ExecutorReport.byHost(reports).entrySet()) {
      List<ExecutorReport> here = host.getValue();
      long free = here.stream().mapToLong(ExecutorReport::localFree).min().orElseThrow();
      least = Math.min(least, free);
      disk.doubtfulIf(
          free < here.size() * executor,
          "%s has %s in %s for %d executor(s); set spark.local.dir to larger disks"
              .formatted(
                  host.getKey(), megabytes(free), here.get(0).localDirectory(), here.size()));
    }
    return disk.with(
        "an executor needs %s at most (%s for token shards), %s free,",
        megabytes(executor),
        tokens.isPresent() ? megabytes(cache) : "not known yet",
        reports.isEmpty() ? "unknown" : megabytes(least));
  }

  private static List<String> values(
      List<ExecutorReport> reports, Function<ExecutorReport, String> value) {
    return reports.stream().map(value).distinct().sorted().collect(Collectors.toList());
  }

  private static String megabytes(long bytes) {
    return CheckpointSpace.megabytes(bytes);
  }
}
