package org.sparkgpt.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.factory.Nd4j;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.KernelChoice;
import org.sparkgpt.stage.Environment;

/**
 * What an executor says of itself and of the machine it is on.
 *
 * @param executor Spark's id of it
 * @param heap bytes at most
 * @param container bytes that all of it may have; 0: the system does not tell
 * @param containerSource where that number stands
 * @param localDirectory where it caches token shards, Spark's local directory
 * @param localFree usable bytes there
 * @param nativeLimit bytes outside the heap that JavaCPP allows; 0: any number
 * @param processor its name
 * @param bf16 whether the kernels multiply bfloat16 in hardware there
 * @param java version
 * @param failure why the kernels cannot be used; empty: they can
 * @param gpu the address that the task was given; empty: none
 */
record ExecutorReport(
    String executor,
    String host,
    long heap,
    long container,
    String containerSource,
    String localDirectory,
    long localFree,
    long nativeLimit,
    String processor,
    boolean bf16,
    String java,
    String failure,
    String gpu) {
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Asks every executor that has a free slot: Spark deals as many tasks as there are slots evenly.
   * Their classes and libraries are loaded then.
   */
  static List<ExecutorReport> ask(JavaSparkContext spark, Slots slots, KernelChoice kernels) {
    List<Integer> tasks = IntStream.range(0, slots.tasks()).boxed().toList();
    spark.setJobDescription("preflight: ask the executors");
    try {
      // As JSON: whatever spark.serializer is set to can write a string.
      return distinct(
          spark.parallelize(tasks, tasks.size()).mapPartitions(new Ask(kernels)).collect().stream()
              .map(ExecutorReport::parse)
              .toList());
    } finally {
      spark.setJobDescription(null);
    }
  }

  /** The executors by the machine they are on. */
  static Map<String, List<ExecutorReport>> byHost(Collection<ExecutorReport> reports) {
    return reports.stream()
        .collect(Collectors.groupingBy(ExecutorReport::host, TreeMap::new, Collectors.toList()));
  }

  /** One report of each executor, by its id. */
  private static List<ExecutorReport> distinct(List<ExecutorReport> reports) {
    Map<String, ExecutorReport> byId = new TreeMap<>();
    reports.forEach(report -> byId.putIfAbsent(report.executor(), report));
    return List.copyOf(byId.values());
  }

  /** Of this JVM, from within a task. */
  private static ExecutorReport here(KernelChoice kernels) throws IOException {
    Optional<ContainerMemory> container = ContainerMemory.here();
    Path local = Path.of(SparkFiles.getRootDirectory());
    String failure = failure(kernels);
    boolean works = failure.isEmpty();
    return new ExecutorReport(
        SparkEnv.get().executorId(),
        hostName(),
        Runtime.getRuntime().maxMemory(),
        container.map(ContainerMemory::bytes).orElse(0L),
        container.map(ContainerMemory::source).orElse(""),
        local.toString(),
        Files.getFileStore(local).getUsableSpace(),
        works ? Pointer.maxBytes() : 0,
        Environment.processor(),
        works && DtypeChoice.AUTO.resolve(kernels) == Dtype.BF16,
        System.getProperty("java.version"),
        failure,
        Device.of(TaskContext.get()).address());
  }

  static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "this machine, which does not know its own name";
    }
  }

  /**
   * Loads ND4J and the kernels; their errors are of many classes, {@link LinkageError} included.
   */
  private static String failure(KernelChoice kernels) {
    try {
      Nd4j.create(1).close();
      kernels.create(1).close();
      return "";
    } catch (RuntimeException | LinkageError e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return cause.toString();
    }
  }

  private static ExecutorReport parse(String json) {
    try {
      return JSON.readValue(json, ExecutorReport.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Ask implements FlatMapFunction<Iterator<Integer>, String> {
    private final KernelChoice kernels;

    Ask(KernelChoice kernels) {
      this.kernels = kernels;
    }

    @Override
    public Iterator<String> call(Iterator<Integer> task) throws IOException {
      List<String> report = new ArrayList<>();
      report.add(JSON.writeValueAsString(here(kernels)));
      return report.iterator();
    }
  }
}
